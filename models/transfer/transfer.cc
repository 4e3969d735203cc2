#include "models/transfer/transfer.h"

#include <torch/utils.h>

#include <array>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/digest.h"
#include "common/status.h"
#include "core/network/pattern.h"
#include "core/weights/names.h"
#include "core/weights/tensor_view.h"
#include "models/torch_boundary.h"
#include "models/transfer/adapt.h"
#include "models/transfer/known_networks.h"

namespace gyrus {
namespace {

constexpr size_t kMaxLines = 10;
// Names that a report has of what was not used.
constexpr size_t kMaxUnused = 100;

// Whether a tensor belongs to a head or decoder, which another task does not share.
bool IsHead(absl::string_view name) {
  static constexpr std::array<absl::string_view, 6> kHeads = {
      "fc.", "classifier.", "segmentation.", "reconstruction.", "decoder.", "weighting."};
  for (const absl::string_view head : kHeads) {
    if (absl::StartsWith(name, head)) return true;
  }
  return false;
}

// "fc" of "fc.weight".
std::string ModuleOf(const std::string& name) { return name.substr(0, name.rfind('.')); }

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

// Describes the kernels of a network, by name.
std::map<std::string, KernelPlace> KernelsOf(const Network& network) {
  std::map<std::string, KernelPlace> kernels;
  const std::vector<Node>& nodes = network.graph().nodes;
  // The volume itself, its slices, or its channels over and over.
  const auto is_input = [&nodes](NodeId id) {
    while (nodes[id].op == Op::kSlices || nodes[id].op == Op::kRepeat) id = nodes[id].inputs[0];
    return nodes[id].op == Op::kInput;
  };
  for (const Node& node : nodes) {
    if (node.op != Op::kConv && node.op != Op::kTransposedConv) continue;
    KernelPlace& place = kernels[node.name + ".weight"];
    place.transposed = node.op == Op::kTransposedConv;
    place.reads_input = node.op == Op::kConv && is_input(node.inputs[0]);
  }
  return kernels;
}

// One transfer. One thread.
class Transfer {
 public:
  Transfer(const v1::Init& init, const NamedTensors& from, Network& network)
      : init_(init),
        from_(from),
        live_(LiveTensors(network)),
        kernels_(KernelsOf(network)),
        channels_(static_cast<uint32_t>(network.graph().nodes[0].output_shape[0])) {
    for (const NamedShape& tensor : TensorsOf(network.graph())) {
      wanted_.push_back(NameOf(tensor.name, live_.at(tensor.name).sizes()));
      v1::TensorTransfer& row = *report_.add_tensors();
      row.set_name(tensor.name);
      row.mutable_shape()->Assign(tensor.shape.begin(), tensor.shape.end());
      row.set_action(v1::TRANSFER_ACTION_INITIALISED);
    }
    for (const auto& [name, tensor] : from) given_.push_back(NameOf(name, tensor.sizes()));
  }

  absl::StatusOr<v1::TransferReport> Run() && {
    const Match match = MatchNames(wanted_, given_);
    report_.set_prefix(match.prefix);
    for (const size_t wanted : match.missing) NoteMisfit(wanted);
    for (const auto& [wanted, given] : match.wrong_shapes) Adapt(wanted, given);
    for (const auto& [wanted, given] : match.pairs) Take(wanted, given);
    NoteUnused(match);
    if (!misfits_.empty() || taken_ == 0) return Misfit(match);
    if (!not_finite_.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          not_finite_, " has numbers that are not finite as float32; these weights are broken"));
    }
    return std::move(report_);
  }

 private:
  void NoteUnused(const Match& match) {
    for (const size_t given : match.unexpected) {
      if (report_.unused_size() == kMaxUnused) {
        report_.add_notes(
            absl::StrCat(match.unexpected.size() - kMaxUnused, " more tensors were not used"));
        return;
      }
      report_.add_unused(given_[given].name);
    }
  }

  bool IsSkipped(size_t wanted) const { return MatchesAny(wanted_[wanted].name, init_.skip()); }

  void Put(size_t wanted, const torch::Tensor& tensor, size_t given, v1::TransferAction action) {
    if (!tensor.isfinite().all().item<bool>() && not_finite_.empty()) {
      not_finite_ = given_[given].name;
    }
    const torch::NoGradGuard no_gradient;
    live_.at(wanted_[wanted].name).copy_(tensor);
    v1::TensorTransfer& row = *report_.mutable_tensors(static_cast<int>(wanted));
    row.set_action(action);
    if (given_[given].name != wanted_[wanted].name) row.set_source(given_[given].name);
    ++taken_;
  }

  void NoteMisfit(size_t wanted) {
    const std::string& name = wanted_[wanted].name;
    if (IsSkipped(wanted)) return;
    if (IsHead(name)) {
      drawn_heads_.insert(ModuleOf(name));
    } else {
      misfits_.push_back(wanted);
    }
  }

  void Take(size_t wanted, size_t given) {
    // A bias was learnt with its weight, and goes with it.
    if (IsSkipped(wanted) || drawn_heads_.contains(ModuleOf(wanted_[wanted].name))) return;
    Put(wanted, from_.at(given_[given].name), given, v1::TRANSFER_ACTION_LOADED);
  }

  void Adapt(size_t wanted, size_t given) {
    if (IsSkipped(wanted)) return;
    const torch::Tensor& tensor = from_.at(given_[given].name);
    KernelPlace place = kernels_[wanted_[wanted].name];
    place.shape = live_.at(wanted_[wanted].name).sizes();
    const auto adapted = AdaptKernel(place, tensor);
    const bool allowed =
        adapted.has_value() && (!adapted->channels || init_.channels() != v1::CHANNEL_INIT_NEW);
    if (allowed) {
      Put(wanted, adapted->tensor, given,
          adapted->inflated ? v1::TRANSFER_ACTION_INFLATED : v1::TRANSFER_ACTION_CHANNELS);
    } else if (!adapted.has_value()) {
      NoteMisfit(wanted);
    }
  }

  // Only what could not be mended, so that it is what is read.
  absl::Status Misfit(const Match& match) const {
    std::map<size_t, size_t> given;
    for (const auto& [wanted, of] : match.wrong_shapes) given[wanted] = of;
    std::string lines;
    for (size_t i = 0; i < misfits_.size() && i < kMaxLines; ++i) {
      const size_t wanted = misfits_[i];
      const auto found = given.find(wanted);
      absl::StrAppend(&lines, "\n", wanted_[wanted].name, ": wanted ",
                      ShapeText(wanted_[wanted].shape), ", ",
                      found == given.end()
                          ? "not there"
                          : absl::StrCat("there it is ", ShapeText(given_[found->second].shape)));
    }
    if (misfits_.size() > kMaxLines) {
      absl::StrAppend(&lines, "\nand ", misfits_.size() - kMaxLines, " more");
    }
    std::vector<Candidate> candidates = KnownNetworks(channels_);
    candidates.insert(candidates.begin(), {"the one asked for", wanted_});
    return absl::InvalidArgumentError(absl::StrCat(
        "the weights do not fit: ", match.pairs.size(), " of ", wanted_.size(),
        " tensors are there in their shape; init.skip names tensors that are initialised at random "
        "instead",
        lines, "\nof the networks asked for and known, ", NearestOf(candidates, given_)));
  }

  const v1::Init& init_;
  const NamedTensors& from_;
  std::map<std::string, torch::Tensor> live_;
  std::map<std::string, KernelPlace> kernels_;
  const uint32_t channels_;
  std::vector<TensorName> wanted_, given_;
  v1::TransferReport report_;
  size_t taken_ = 0;
  std::vector<size_t> misfits_;
  std::set<std::string> drawn_heads_;  // Modules with a tensor that does not fit.
  std::string not_finite_;             // The first such tensor.
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
      return "initialised";
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
    const torch::Tensor tensor = network.device().ToHost(live.at(row.name()).detach().contiguous());
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
    if (row.action() != v1::TRANSFER_ACTION_INITIALISED) taken += size;
  }
  const int adapted = counts[v1::TRANSFER_ACTION_CHANNELS] + counts[v1::TRANSFER_ACTION_INFLATED];
  return absl::StrCat(counts[v1::TRANSFER_ACTION_LOADED], " of ", report.tensors_size(),
                      " tensors loaded, ", adapted, " adapted, ",
                      counts[v1::TRANSFER_ACTION_INITIALISED], " initialised, ", frozen,
                      " frozen (", taken, " of ", numbers, " numbers taken over)");
}

}  // namespace gyrus
