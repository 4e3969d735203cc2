#include "worker/trainer/loader_source.h"

#include <grpcpp/support/client_callback.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason/reason.h"
#include "common/rpc/channel.h"
#include "common/rpc/status.h"
#include "common/rpc/volume_chunk.h"
#include "common/status.h"
#include "core/epoch/item_sequence.h"
#include "models/torch_boundary.h"

namespace gyrus {
namespace {

constexpr char kReadMethod[] = "/gyrus.v1.DataLoader/Read";
// Volumes asked for in one request, and requests on their way at once: their
// product is what is held ahead of the step loop. With one request the loader
// would wait for the loop at each window's end.
constexpr size_t kWindowVolumes = 4;
constexpr size_t kWindows = 2;

// Whether asking again may help. After ABORTED it would not: a newer attempt reads.
bool IsPassing(const absl::Status& status) {
  return !absl::IsAborted(status) &&
         ClassOf(ReasonFrom(status, ErrorOrigin::kLoader).code()) == ReasonClass::kPassing;
}

// The header is checked before any memory is allocated, because its numbers come from the
// network.
absl::StatusOr<torch::Tensor> EmptyVolume(const v1::ChunkHeader& header) {
  const std::vector<int64_t> shape(header.shape().begin(), header.shape().end());
  uint64_t bytes = sizeof(float);
  bool fits = shape.size() == 4;
  for (const int64_t length : shape) fits = fits && !__builtin_mul_overflow(bytes, length, &bytes);
  if (!fits || bytes == 0 || bytes != header.total_bytes()) {
    return absl::InternalError("the loader sent a volume whose shape and size disagree");
  }
  return CallTorch("receiving a volume", [&] { return torch::empty(shape, torch::kFloat32); });
}

}  // namespace

// One window: a server stream that fills volumes in order. The step loop takes
// them while later ones arrive.
class LoaderSource::Stream final
    : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  Stream(grpc::GenericStub& stub, const v1::ReadRequest& request) {
    const std::string bytes = request.SerializeAsString();
    const grpc::Slice slice(bytes);
    request_ = grpc::ByteBuffer(&slice, 1);
    stub.PrepareBidiStreamingCall(&context_, kReadMethod, {}, this);
    StartWriteLast(&request_, grpc::WriteOptions());
    StartRead(&response_);
    StartCall();
  }

  ~Stream() override {
    context_.TryCancel();
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(&done_));
  }

  // The next whole volume; nothing once the stream has ended well.
  absl::StatusOr<std::optional<LoadedItem>> Next() ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    const auto ready = [this]()
                           ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return !whole_.empty() || done_; };
    mu_.Await(absl::Condition(&ready));
    if (!whole_.empty()) {
      LoadedItem item = std::move(whole_.front());
      whole_.pop_front();
      return item;
    }
    if (!status_.ok()) return status_;
    return std::nullopt;
  }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) return;  // OnDone gets the reason.
    const absl::Status status = Take();
    if (status.ok()) {
      StartRead(&response_);
    } else {
      {
        absl::MutexLock lock(&mu_);
        status_ = status;
      }
      context_.TryCancel();
    }
  }

  void OnDone(const grpc::Status& status) override {
    absl::MutexLock lock(&mu_);
    if (status_.ok()) status_ = FromGrpc(status);
    if (status_.ok() && received_ != 0) status_ = absl::UnavailableError("the stream was cut");
    done_ = true;
  }

  // Puts one slice into its volume.
  absl::Status Take() ABSL_LOCKS_EXCLUDED(mu_) {
    GYRUS_ASSIGN_OR_RETURN(
        const v1::ChunkHeader header,
        ParseVolumeChunk(response_, [this](const v1::ChunkHeader& h, size_t bytes) {
          return PlaceFor(h, bytes);
        }));
    if (received_ < header.total_bytes()) return absl::OkStatus();
    received_ = 0;
    absl::MutexLock lock(&mu_);
    whole_.push_back(std::move(filling_));
    return absl::OkStatus();
  }

  absl::StatusOr<absl::Span<char>> PlaceFor(const v1::ChunkHeader& header, size_t bytes) {
    if (header.offset_bytes() == 0) {
      GYRUS_ASSIGN_OR_RETURN(filling_.volume, EmptyVolume(header));
      filling_.position = header.position();
      filling_.item = header.item();
      filling_.volume_id = header.volume_id();
    }
    if (header.offset_bytes() != received_ || received_ + bytes > header.total_bytes() ||
        filling_.volume.nbytes() != header.total_bytes() || bytes == 0) {
      return absl::InternalError("the loader sent slices out of order");
    }
    char* const place = static_cast<char*>(filling_.volume.mutable_data_ptr()) + received_;
    received_ += bytes;
    return absl::MakeSpan(place, bytes);
  }

  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  // The volume that is arriving. Only gRPC's thread uses it, one call at a time.
  LoadedItem filling_;
  size_t received_ = 0;

  absl::Mutex mu_;
  std::deque<LoadedItem> whole_ ABSL_GUARDED_BY(mu_);
  absl::Status status_ ABSL_GUARDED_BY(mu_);
  bool done_ ABSL_GUARDED_BY(mu_) = false;
};

LoaderSource::LoaderSource(LoaderSourceOptions options, const Clock& clock)
    : options_(std::move(options)), clock_(clock) {}
LoaderSource::~LoaderSource() = default;

const google::protobuf::RepeatedPtrField<v1::Item>& LoaderSource::ItemsFor(
    v1::Purpose purpose) const {
  if (purpose == v1::PURPOSE_TRAIN) return options_.trial.train_items();
  if (purpose == v1::PURPOSE_VALIDATION) return options_.trial.validation_items();
  if (purpose == v1::PURPOSE_EXTERNAL) return options_.trial.external_items();
  return options_.trial.test_items();
}

// The names of the items are computed here and compared with those that the loader sends,
// so that both sides agree on the order of the epoch.
void LoaderSource::Queue(v1::Purpose purpose, uint32_t epoch, std::vector<uint32_t> positions) {
  const auto& samples = ItemsFor(purpose);
  const ItemSequence items =
      purpose == v1::PURPOSE_TRAIN
          ? ItemSequence::Training(options_.trial.train().seed(), epoch, samples.size(),
                                   options_.trial.train_views())
          : ItemSequence::InOrder(samples.size());
  for (const uint32_t position : positions) {
    const View view = items.At(position);
    const std::string& sample = samples[static_cast<int>(view.sample)].id();
    wanted_.push_back({purpose, epoch, position, items.NameOf(view, sample)});
  }
  Fetch();
}

void LoaderSource::Drop() {
  windows_.clear();
  wanted_.clear();
}

std::string LoaderSource::AddressOf(const std::string& item) const {
  const auto found = options_.loaders.find(item.substr(0, item.find('/')));
  return found == options_.loaders.end() ? "" : found->second;
}

grpc::GenericStub& LoaderSource::StubFor(const std::string& address) {
  std::unique_ptr<grpc::GenericStub>& stub = stubs_[address];
  if (stub == nullptr) stub = std::make_unique<grpc::GenericStub>(OpenChannel(address));
  return *stub;
}

void LoaderSource::Fetch() {
  size_t asked = 0;
  for (const Window& window : windows_) asked += window.left;
  while (windows_.size() < kWindows && asked < wanted_.size()) {
    windows_.push_back(Ask(asked));
    asked += windows_.back().left;
  }
}

size_t LoaderSource::TrainWindow() const {
  return kWindowVolumes * std::max(1u, options_.trial.train_views().count());
}

// A request covers one loader, one purpose and one epoch. It ends at the first position
// that differs in any of them.
LoaderSource::Window LoaderSource::Ask(size_t first) {
  const Wanted& from = wanted_[first];
  const std::string address = AddressOf(from.item);
  v1::ReadRequest request;
  *request.mutable_grant() = options_.grant;
  request.set_purpose(from.purpose);
  request.set_epoch(from.epoch);
  const size_t window = from.purpose == v1::PURPOSE_TRAIN ? TrainWindow() : kWindowVolumes;
  for (size_t i = first; i < wanted_.size() && i < first + window; ++i) {
    const Wanted& wanted = wanted_[i];
    if (wanted.purpose != from.purpose || wanted.epoch != from.epoch ||
        AddressOf(wanted.item) != address) {
      break;
    }
    request.add_positions(wanted.position);
  }
  const size_t left = request.positions_size();
  return {std::make_unique<Stream>(StubFor(address), request), left};
}

void LoaderSource::ReportWaiting(const v1::Reason& reason) {
  const bool changed = reason.code() != reported_.code() || reason.message() != reported_.message();
  if (!changed || !options_.waiting) return;
  options_.waiting(reason);
  reported_ = reason;
}

absl::StatusOr<LoadedItem> LoaderSource::TakeNext() {
  Fetch();
  GYRUS_ASSIGN_OR_RETURN(std::optional<LoadedItem> item, windows_.front().stream->Next());
  if (!item.has_value()) return absl::UnavailableError("it sent less than was asked for");
  const Wanted& wanted = wanted_.front();
  if (item->position != wanted.position || item->item != wanted.item) {
    return absl::InternalError(absl::StrCat("the loader sent another item than position ",
                                            wanted.position, " of epoch ", wanted.epoch));
  }
  item->purpose = wanted.purpose;
  wanted_.pop_front();
  if (--windows_.front().left == 0) {
    // Another window comes while this item is trained on.
    windows_.pop_front();
    Fetch();
  }
  return *std::move(item);
}

absl::StatusOr<LoadedItem> LoaderSource::Next() {
  if (wanted_.empty()) return absl::InternalError("no item was asked for");
  const absl::Duration began = clock_.Monotonic();
  RetrySchedule schedule(options_.retry, clock_);
  while (true) {
    absl::StatusOr<LoadedItem> item = TakeNext();
    if (item.ok()) {
      ReportWaiting(v1::Reason());
      return item;
    }
    windows_.clear();
    const std::string& name = wanted_.front().item;
    const absl::Status why = WithReasonOf(
        Annotate(item.status(),
                 absl::StrCat("reading ", name, " from the loader at ", AddressOf(name))),
        ErrorOrigin::kLoader);
    if (!IsPassing(why)) return why;
    const auto pause = schedule.NextPause();
    if (!pause.has_value()) return why;
    if (clock_.Monotonic() - began >= options_.report_after) {
      ReportWaiting(ReasonFrom(why, ErrorOrigin::kLoader));
    }
    clock_.WaitFor(*pause, never_stopped_);
  }
}

}  // namespace gyrus
