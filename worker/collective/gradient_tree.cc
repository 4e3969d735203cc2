#include "worker/collective/gradient_tree.h"

#include <algorithm>

#include "common/status.h"
#include "core/epoch/tree.h"

namespace gyrus {
namespace {

// 16 MiB a round: large enough for the network, small enough to stay near the
// cache and to need no second copy of all gradients.
constexpr size_t kRoundFloats = size_t{4} << 20;

// Walks over many pieces of memory as if they were one.
class Cursor {
 public:
  explicit Cursor(const std::vector<absl::Span<float>>& pieces) : pieces_(pieces) {}

  // Copies up to `count` values from (or, for Put, into) the pieces; how many.
  size_t Take(float* to, size_t count) {
    return Walk(count, [&](absl::Span<float> piece, size_t done) {
      std::copy(piece.begin(), piece.end(), to + done);
    });
  }
  size_t Put(const float* from, size_t count) {
    return Walk(count, [&](absl::Span<float> piece, size_t done) {
      std::copy_n(from + done, piece.size(), piece.begin());
    });
  }

 private:
  template <typename Fn>
  size_t Walk(size_t count, Fn&& fn) {
    size_t done = 0;
    while (done < count && piece_ < pieces_.size()) {
      const absl::Span<float> rest = pieces_[piece_].subspan(offset_, count - done);
      fn(rest, done);
      done += rest.size();
      offset_ += rest.size();
      if (offset_ == pieces_[piece_].size()) {
        ++piece_;
        offset_ = 0;
      }
    }
    return done;
  }

  const std::vector<absl::Span<float>>& pieces_;
  size_t piece_ = 0;
  size_t offset_ = 0;
};

}  // namespace

TreeReducer::TreeReducer(Collective& collective) : collective_(collective) {}

absl::Status TreeReducer::SumOverRanks(const std::vector<absl::Span<float>>& values, int present) {
  if (collective_.size() == 1) return absl::OkStatus();
  const size_t ranks = collective_.size();
  const size_t round = kRoundFloats / ranks * ranks;
  packed_.resize(round);
  received_.resize(round);
  Cursor from(values);
  Cursor into(values);
  while (const size_t taken = from.Take(packed_.data(), round)) {
    const size_t chunk = (taken + ranks - 1) / ranks;
    std::fill(packed_.begin() + taken, packed_.begin() + chunk * ranks, 0.0f);
    GYRUS_RETURN_IF_ERROR(Round(chunk, present));
    into.Put(packed_.data(), taken);
  }
  return absl::OkStatus();
}

absl::Status TreeReducer::Round(size_t chunk, int present) {
  const size_t total = chunk * collective_.size();
  GYRUS_RETURN_IF_ERROR(collective_.AllToAll(absl::MakeConstSpan(packed_.data(), total),
                                             absl::MakeSpan(received_.data(), total)));
  const auto add = [chunk](float* left, float* right) {
    for (size_t i = 0; i < chunk; ++i) left[i] += right[i];
    return left;
  };
  TreeSum<float*> tree;
  for (int rank = 0; rank < present; ++rank) tree.Push(received_.data() + rank * chunk, add);
  const float* const sum = *tree.Finish(add);
  return collective_.AllGather(absl::MakeConstSpan(sum, chunk),
                               absl::MakeSpan(packed_.data(), total));
}

}  // namespace gyrus
