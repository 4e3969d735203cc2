#include "worker/training/gradient_tree.h"

#include <torch/utils.h>

#include <algorithm>

#include "absl/types/span.h"
#include "common/status.h"
#include "core/epoch/tree.h"

namespace gyrus {
namespace {

// 16 MiB a round: large enough for the network, small enough to stay near the
// cache and to need no second copy of all gradients.
constexpr int64_t kRoundFloats = int64_t{4} << 20;

// Walks over many tensors as if they were one.
class Cursor {
 public:
  explicit Cursor(const std::vector<torch::Tensor>& pieces) : pieces_(pieces) {}

  // Copies the next values into `to`, as many as there are and fit; how many.
  int64_t Take(const torch::Tensor& to) {
    return Walk(to.numel(), [&](const torch::Tensor& piece, int64_t done) {
      to.narrow(0, done, piece.numel()).copy_(piece);
    });
  }
  // Copies `from` over the next values.
  void Put(const torch::Tensor& from) {
    Walk(from.numel(), [&](torch::Tensor piece, int64_t done) {
      piece.copy_(from.narrow(0, done, piece.numel()));
    });
  }

 private:
  template <typename Fn>
  int64_t Walk(int64_t count, Fn&& fn) {
    int64_t done = 0;
    while (done < count && piece_ < pieces_.size()) {
      const torch::Tensor whole = pieces_[piece_].view({-1});
      const int64_t length = std::min(count - done, whole.numel() - offset_);
      fn(whole.narrow(0, offset_, length), done);
      done += length;
      offset_ += length;
      if (offset_ == whole.numel()) {
        ++piece_;
        offset_ = 0;
      }
    }
    return done;
  }

  const std::vector<torch::Tensor>& pieces_;
  size_t piece_ = 0;
  int64_t offset_ = 0;
};

absl::Span<float> SpanOf(const torch::Tensor& tensor) {
  return {tensor.data_ptr<float>(), static_cast<size_t>(tensor.numel())};
}

}  // namespace

TreeReducer::TreeReducer(Collective& collective, const Device& device)
    : collective_(collective), device_(device) {}

absl::Status TreeReducer::SumOverRanks(const std::vector<torch::Tensor>& values, int present) {
  if (collective_.size() == 1) return absl::OkStatus();
  const torch::NoGradGuard no_gradient;
  const int64_t ranks = collective_.size();
  const int64_t round = kRoundFloats / ranks * ranks;
  if (!packed_.defined()) {
    packed_ = torch::empty({round}, device_.torch());
    received_ = torch::empty({round}, device_.torch());
  }
  Cursor from(values);
  Cursor into(values);
  while (const int64_t taken = from.Take(packed_)) {
    const int64_t chunk = (taken + ranks - 1) / ranks;
    packed_.narrow(0, taken, chunk * ranks - taken).zero_();
    GYRUS_RETURN_IF_ERROR(Round(chunk, present));
    into.Put(packed_.narrow(0, 0, taken));
  }
  return absl::OkStatus();
}

absl::Status TreeReducer::Round(int64_t chunk, int present) {
  const int64_t total = chunk * collective_.size();
  const torch::Tensor packed = packed_.narrow(0, 0, total);
  const torch::Tensor received = received_.narrow(0, 0, total);
  device_.Synchronise();  // Other libraries read and write the memory below.
  GYRUS_RETURN_IF_ERROR(collective_.AllToAll(SpanOf(packed), SpanOf(received)));
  const auto add = [](const torch::Tensor& left, const torch::Tensor& right) {
    return left.add_(right);
  };
  TreeSum<torch::Tensor> tree;
  for (int rank = 0; rank < present; ++rank) {
    tree.Push(received.narrow(0, rank * chunk, chunk), add);
  }
  const torch::Tensor sum = *tree.Finish(add);
  device_.Synchronise();
  return collective_.AllGather(SpanOf(sum), SpanOf(packed));
}

}  // namespace gyrus
