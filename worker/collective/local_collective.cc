#include "worker/collective/local_collective.h"

#include <algorithm>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/synchronization/mutex.h"
#include "common/status.h"

namespace gyrus {
namespace {

// Where the ranks meet. In each operation every rank first lays out what it
// sends, then reads the others' once all are there, then all leave together, so
// that nobody's memory goes while it is read.
class MeetingPoint {
 public:
  MeetingPoint(int size, absl::Duration timeout)
      : size_(size), timeout_(timeout), offered_(size, nullptr) {}

  absl::Status Meet(int rank, const void* offer,
                    absl::FunctionRef<void(const std::vector<const void*>&)> read) {
    {
      absl::MutexLock lock(&mu_);
      offered_[rank] = offer;
    }
    GYRUS_RETURN_IF_ERROR(Arrive());
    read(offered_);
    return Arrive();
  }

  void Break() {
    absl::MutexLock lock(&mu_);
    broken_ = true;
  }

 private:
  absl::Status Arrive() ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    // Who gave up has taken its offer away.
    if (broken_) return absl::UnavailableError("a rank left the group");
    const int64_t mine = generation_;
    if (++arrived_ == size_) {
      arrived_ = 0;
      ++generation_;
    }
    const auto done = [this, mine]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
      return generation_ > mine || broken_;
    };
    const bool in_time = mu_.AwaitWithTimeout(absl::Condition(&done), timeout_);
    if (generation_ > mine) return absl::OkStatus();
    broken_ = true;
    if (!in_time) return absl::DeadlineExceededError("a rank did not come in time");
    return absl::UnavailableError("a rank left the group");
  }

  const int size_;
  const absl::Duration timeout_;
  absl::Mutex mu_;
  int arrived_ ABSL_GUARDED_BY(mu_) = 0;
  int64_t generation_ ABSL_GUARDED_BY(mu_) = 0;
  bool broken_ ABSL_GUARDED_BY(mu_) = false;
  // Written under the lock before a meeting, read without it during one, when
  // nobody writes.
  std::vector<const void*> offered_;
};

class LocalCollective final : public Collective {
 public:
  LocalCollective(int rank, int size, std::shared_ptr<MeetingPoint> meeting)
      : rank_(rank), size_(size), meeting_(std::move(meeting)) {}
  ~LocalCollective() override { meeting_->Break(); }

  int rank() const override { return rank_; }
  int size() const override { return size_; }

  absl::Status AllToAll(absl::Span<const float> send, absl::Span<float> receive) override {
    const size_t chunk = send.size() / size_;
    return meeting_->Meet(rank_, send.data(), [&](const std::vector<const void*>& all) {
      for (int r = 0; r < size_; ++r) {
        const float* const from = static_cast<const float*>(all[r]) + rank_ * chunk;
        std::copy_n(from, chunk, receive.data() + r * chunk);
      }
    });
  }

  absl::Status AllGather(absl::Span<const float> send, absl::Span<float> receive) override {
    return meeting_->Meet(rank_, send.data(), [&](const std::vector<const void*>& all) {
      for (int r = 0; r < size_; ++r) {
        std::copy_n(static_cast<const float*>(all[r]), send.size(),
                    receive.data() + r * send.size());
      }
    });
  }

  absl::StatusOr<std::vector<std::string>> AllGatherBytes(const std::string& mine) override {
    std::vector<std::string> values(size_);
    GYRUS_RETURN_IF_ERROR(meeting_->Meet(rank_, &mine, [&](const std::vector<const void*>& all) {
      for (int r = 0; r < size_; ++r) values[r] = *static_cast<const std::string*>(all[r]);
    }));
    return values;
  }

  absl::Status Broadcast(absl::Span<float> values) override {
    return meeting_->Meet(rank_, values.data(), [&](const std::vector<const void*>& all) {
      if (rank_ != 0) std::copy_n(static_cast<const float*>(all[0]), values.size(), values.data());
    });
  }

  absl::StatusOr<std::string> BroadcastBytes(const std::string& mine) override {
    std::string value;
    GYRUS_RETURN_IF_ERROR(meeting_->Meet(rank_, &mine, [&](const std::vector<const void*>& all) {
      value = *static_cast<const std::string*>(all[0]);
    }));
    return value;
  }

 private:
  const int rank_;
  const int size_;
  const std::shared_ptr<MeetingPoint> meeting_;
};

}  // namespace

std::vector<std::unique_ptr<Collective>> MakeLocalGroup(int size, absl::Duration timeout) {
  auto meeting = std::make_shared<MeetingPoint>(size, timeout);
  std::vector<std::unique_ptr<Collective>> group;
  for (int rank = 0; rank < size; ++rank) {
    group.push_back(std::make_unique<LocalCollective>(rank, size, meeting));
  }
  return group;
}

}  // namespace gyrus
