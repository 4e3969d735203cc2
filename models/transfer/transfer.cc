#include "models/transfer/transfer.h"

#include <array>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/digest.h"
#include "common/status.h"
#include "core/network/pattern.h"
#include "models/torch_boundary.h"
#include "models/transfer/adapt.h"
#include "models/weights/names.h"

namespace gyrus {
namespace {

// Of another task these are another's.
bool IsHead(absl::string_view name) {
  static constexpr std::array<absl::string_view, 6> kHeads = {
      "fc.", "classifier.", "segmentation.", "reconstruction.", "decoder.", "weighting."};
  for (const absl::string_view head : kHeads) {
    if (absl::StartsWith(name, head)) return true;
  }
  return false;
}

TensorName NameOf(const std::string& name, at::IntArrayRef shape) {
  return {name, {shape.begin(), shape.end()}};
}

// The live tensor of a name.
std::map<std::string, torch::Tensor> LiveTensors(const Network& network) {
  std::map<std::string, torch::Tensor> live;
  for (const auto& entry : network.named_parameters()) live[entry.key()] = entry.value();
  for (const auto& entry : network.named_buffers()) live[entry.key()] = entry.value();
  return live;
}

// One transfer. One thread.
class Transfer {
 public:
  Transfer(const v1::Init& init, const NamedTensors& from, Network& network)
      : init_(init), from_(from), live_(LiveTensors(network)) {
    for (const NamedShape& tensor : TensorsOf(network.graph())) {
      wanted_.push_back(NameOf(tensor.name, live_.at(tensor.name).sizes()));
      v1::TensorTransfer& row = *report_.add_tensors();
      row.set_name(tensor.name);
      row.mutable_shape()->Assign(tensor.shape.begin(), tensor.shape.end());
      row.set_action(v1::TRANSFER_ACTION_DRAWN);
    }
    for (const auto& [name, tensor] : from) given_.push_back(NameOf(name, tensor.sizes()));
  }

  absl::StatusOr<v1::TransferReport> Run() && {
    GYRUS_RETURN_IF_ERROR(CheckSkip());
    const Match match = MatchNames(wanted_, given_);
    report_.set_prefix(match.prefix);
    for (const auto& [wanted, given] : match.pairs) Take(wanted, given);
    for (const auto& [wanted, given] : match.wrong_shapes) Adapt(wanted, given);
    for (const size_t wanted : match.missing) {
      fits_ &= IsSkipped(wanted) || IsHead(wanted_[wanted].name);
    }
    for (const size_t given : match.unexpected) report_.add_unused(given_[given].name);
    if (!fits_ || taken_ == 0) return Misfit();
    return std::move(report_);
  }

 private:
  absl::Status CheckSkip() const {
    for (const std::string& pattern : init_.skip()) {
      bool fits = false;
      for (const TensorName& wanted : wanted_) fits |= MatchesPattern(wanted.name, pattern);
      if (!fits) {
        return absl::InvalidArgumentError(
            absl::StrCat("init.skip: '", pattern, "' fits no tensor of the network"));
      }
    }
    return absl::OkStatus();
  }

  bool IsSkipped(size_t wanted) const { return MatchesAny(wanted_[wanted].name, init_.skip()); }

  void Put(size_t wanted, const torch::Tensor& tensor, size_t given, v1::TransferAction action) {
    const torch::NoGradGuard no_gradient;
    live_.at(wanted_[wanted].name).copy_(tensor);
    v1::TensorTransfer& row = *report_.mutable_tensors(static_cast<int>(wanted));
    row.set_action(action);
    if (given_[given].name != wanted_[wanted].name) row.set_source(given_[given].name);
    ++taken_;
  }

  void Take(size_t wanted, size_t given) {
    if (IsSkipped(wanted)) return;
    Put(wanted, from_.at(given_[given].name), given, v1::TRANSFER_ACTION_LOADED);
  }

  void Adapt(size_t wanted, size_t given) {
    if (IsSkipped(wanted)) return;
    const torch::Tensor& tensor = from_.at(given_[given].name);
    const auto adapted = AdaptKernel(tensor, live_.at(wanted_[wanted].name).sizes());
    const bool allowed =
        adapted.has_value() && (!adapted->channels || init_.channels() != v1::CHANNEL_INIT_NEW);
    if (allowed) {
      Put(wanted, adapted->tensor, given,
          adapted->inflated ? v1::TRANSFER_ACTION_INFLATED : v1::TRANSFER_ACTION_CHANNELS);
    } else {
      fits_ &= adapted.has_value() || IsHead(wanted_[wanted].name);
    }
  }

  absl::Status Misfit() const {
    const std::vector<Candidate> candidates = {{.title = "the network", .wanted = wanted_}};
    return absl::InvalidArgumentError(
        absl::StrCat("the weights do not fit; init.skip names tensors to be drawn anew\n",
                     NearestMisfit(candidates, given_)));
  }

  const v1::Init& init_;
  const NamedTensors& from_;
  std::map<std::string, torch::Tensor> live_;
  std::vector<TensorName> wanted_, given_;
  v1::TransferReport report_;
  size_t taken_ = 0;
  bool fits_ = true;
};

absl::string_view WordOf(v1::TransferAction action) {
  switch (action) {
    case v1::TRANSFER_ACTION_LOADED:
      return "loaded";
    case v1::TRANSFER_ACTION_CHANNELS:
      return "channels";
    case v1::TRANSFER_ACTION_INFLATED:
      return "inflated";
    default:
      return "drawn";
  }
}

}  // namespace

absl::StatusOr<v1::TransferReport> TransferWeights(const v1::Init& init, const NamedTensors& from,
                                                   Network& network) {
  absl::StatusOr<v1::TransferReport> report = absl::InternalError("not run");
  GYRUS_RETURN_IF_ERROR(
      CallTorch("taking weights over", [&] { report = Transfer(init, from, network).Run(); }));
  return report;
}

void HashTensors(const Network& network, v1::TransferReport& report) {
  const std::map<std::string, torch::Tensor> live = LiveTensors(network);
  for (v1::TensorTransfer& row : *report.mutable_tensors()) {
    const torch::Tensor tensor = live.at(row.name()).detach().contiguous();
    row.set_xxh3(Xxh3Of({static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes()}));
  }
}

std::string TransferTable(const v1::TransferReport& report) {
  std::string table = absl::StrCat("# from ", report.source(), ", SHA-256 ",
                                   Hex(report.source_sha256()), "\n# ", Summary(report), "\n");
  for (const std::string& note : report.notes()) absl::StrAppend(&table, "# ", note, "\n");
  for (const std::string& name : report.unused()) absl::StrAppend(&table, "# unused: ", name, "\n");
  absl::StrAppend(&table, "tensor\tshape\taction\tsource\tfrozen\txxh3\n");
  for (const v1::TensorTransfer& row : report.tensors()) {
    absl::StrAppend(&table, row.name(), "\t", absl::StrJoin(row.shape(), "x"), "\t",
                    WordOf(row.action()), "\t", row.source(), "\t", row.frozen() ? "yes" : "no",
                    "\t", Hex(row.xxh3()), "\n");
  }
  return table;
}

std::string Summary(const v1::TransferReport& report) {
  int counts[v1::TransferAction_MAX + 1] = {};
  int frozen = 0;
  uint64_t numbers = 0, taken = 0;
  for (const v1::TensorTransfer& row : report.tensors()) {
    ++counts[row.action()];
    frozen += row.frozen();
    uint64_t size = 1;
    for (const uint32_t length : row.shape()) size *= length;
    numbers += size;
    if (row.action() != v1::TRANSFER_ACTION_DRAWN) taken += size;
  }
  const int adapted = counts[v1::TRANSFER_ACTION_CHANNELS] + counts[v1::TRANSFER_ACTION_INFLATED];
  return absl::StrCat(counts[v1::TRANSFER_ACTION_LOADED], " of ", report.tensors_size(),
                      " tensors loaded, ", adapted, " adapted, ", counts[v1::TRANSFER_ACTION_DRAWN],
                      " drawn, ", frozen, " frozen (", taken, " of ", numbers,
                      " numbers taken over)");
}

}  // namespace gyrus
