#include "dataloader/service/read_stream.h"

#include <grpcpp/support/proto_buffer_reader.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/rpc/status.h"
#include "common/rpc/volume_chunk.h"
#include "common/status.h"
#include "core/volume/slice.h"

namespace gyrus {
namespace {

constexpr size_t kChunkBytes = 1 << 20;
// How many volumes are prepared ahead of the one that is being sent. More would only
// wait in memory.
constexpr int kPreparedAhead = 4;

using SharedVolume = std::shared_ptr<const VolumeFile>;

// The part of a volume that is sent: channels, or one slice of each.
struct Payload {
  std::vector<absl::string_view> channels;
  absl::string_view mask;       // Sent behind the channels; empty where it is not asked for.
  std::vector<uint32_t> shape;  // Channels, then voxels along x, y, z.
  std::string volume_id;
  std::shared_ptr<const void> keep_alive;
};

// INTERNAL: the volume does not have the channels of the grant.
absl::StatusOr<Payload> WholeVolume(const SharedVolume& volume, const v1::GrantBody& grant,
                                    bool with_mask) {
  const v1::VolumeFileHead& head = volume->head();
  Payload payload = {.shape = {head.shape().begin(), head.shape().end()},
                     .volume_id = head.volume_id(),
                     .keep_alive = volume};
  for (const std::string& channel : grant.channels()) {
    const auto at = std::find(head.channels().begin(), head.channels().end(), channel);
    if (at == head.channels().end()) {
      return absl::InternalError(absl::StrCat("the recipe gives no channel ", channel));
    }
    payload.channels.push_back(volume->Channel(static_cast<int>(at - head.channels().begin())));
  }
  payload.shape[0] = static_cast<uint32_t>(payload.channels.size());
  if (with_mask) payload.mask = volume->Mask();
  return payload;
}

// INTERNAL: there is no such slice.
absl::StatusOr<Payload> OneSlice(Payload volume, uint32_t axis, uint32_t index) {
  const Shape3 shape = {volume.shape[1], volume.shape[2], volume.shape[3]};
  if (axis > 2 || index >= shape[axis]) {
    return absl::InternalError(absl::StrCat("there is no slice ", index, " along axis ", axis));
  }
  const size_t bytes = volume.channels[0].size() / shape[axis];
  const size_t mask_bytes = volume.mask.size() / shape[axis];
  auto voxels = std::make_shared<std::string>(volume.channels.size() * bytes + mask_bytes, '\0');
  const auto slice = [&](absl::string_view& whole, size_t voxel_bytes, size_t begin, size_t size) {
    CopySlice(whole, {shape, voxel_bytes}, axis, index,
              absl::MakeSpan(*voxels).subspan(begin, size));
    whole = absl::string_view(*voxels).substr(begin, size);
  };
  for (size_t c = 0; c < volume.channels.size(); ++c) {
    slice(volume.channels[c], sizeof(float), c * bytes, bytes);
  }
  if (mask_bytes > 0) slice(volume.mask, 1, volume.channels.size() * bytes, mask_bytes);
  volume.shape[1 + axis] = 1;
  volume.keep_alive = std::move(voxels);
  return volume;
}

// Cuts the payload of one item into chunks.
class ChunkCursor {
 public:
  ChunkCursor(Payload payload, v1::ChunkHeader header)
      : payload_(std::move(payload)), header_(std::move(header)) {
    header_.set_volume_id(payload_.volume_id);
    header_.mutable_shape()->Assign(payload_.shape.begin(), payload_.shape.end());
    header_.set_mask_bytes(payload_.mask.size());
    parts_ = payload_.channels;
    if (!payload_.mask.empty()) parts_.push_back(payload_.mask);
    size_t total_bytes = 0;
    for (const absl::string_view part : parts_) total_bytes += part.size();
    header_.set_total_bytes(total_bytes);
  }

  bool done() const { return part_ == parts_.size(); }

  grpc::ByteBuffer Next() {
    const absl::string_view part = parts_[part_];
    // Chunks of nearly equal size, about kChunkBytes each.
    const size_t chunks = std::max<size_t>(1, (part.size() + kChunkBytes / 2) / kChunkBytes);
    const size_t end = part.size() * ++chunk_ / chunks;
    const absl::string_view data = part.substr(offset_, end - offset_);
    grpc::ByteBuffer buffer = FrameVolumeChunk(header_, data, payload_.keep_alive);
    header_.set_offset_bytes(header_.offset_bytes() + data.size());
    offset_ = end;
    if (chunk_ == chunks) {
      ++part_;
      chunk_ = 0;
      offset_ = 0;
    }
    return buffer;
  }

 private:
  Payload payload_;
  v1::ChunkHeader header_;
  std::vector<absl::string_view> parts_;  // The channels, and perhaps the mask.
  size_t part_ = 0;
  size_t chunk_ = 0;
  size_t offset_ = 0;
};

// Streams the volumes of one request. Volumes are prepared on an executor, a few ahead of
// the one that is being sent, because gRPC's threads must not block.
class ReadStream final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  ReadStream(Grants& grants, EpochOrders& orders, VolumeProvider& volumes, Executor& executor)
      : volumes_(volumes), executor_(executor), grants_(grants), orders_(orders) {}

  void Start(const grpc::ByteBuffer& request) {
    absl::MutexLock lock(&mu_);
    const absl::Status status = Begin(request);
    if (!status.ok()) {
      FinishOnce(status);
      return;
    }
    for (int i = 0; i < kPreparedAhead; ++i) MakeNext();
    Advance();
  }

  void OnWriteDone(bool ok) override {
    absl::MutexLock lock(&mu_);
    writing_ = false;
    if (!ok) {
      FinishOnce(absl::CancelledError("the reader went away"));
    } else {
      Advance();
    }
  }

  void OnCancel() override {
    absl::MutexLock lock(&mu_);
    FinishOnce(absl::CancelledError("the reader went away"));
  }

  void OnDone() override {
    bool last = false;
    {
      absl::MutexLock lock(&mu_);
      done_ = true;
      last = making_ == 0;
    }
    if (last) delete this;
  }

 private:
  absl::Status Begin(const grpc::ByteBuffer& bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    grpc::ByteBuffer copy = bytes;
    grpc::ProtoBufferReader reader(&copy);
    if (!request_.ParseFromZeroCopyStream(&reader)) {
      return absl::InvalidArgumentError("malformed ReadRequest");
    }
    GYRUS_ASSIGN_OR_RETURN(grant_, grants_.Check(request_.grant()));
    GYRUS_ASSIGN_OR_RETURN(items_, ItemsAt(*grant_, request_.purpose(), request_.epoch(),
                                           request_.positions(), orders_));
    made_.resize(items_.size());
    return absl::OkStatus();
  }

  // Reads the disk, so it must not be called under the lock.
  absl::StatusOr<Payload> Make(const GrantedItem& item) {
    GYRUS_ASSIGN_OR_RETURN(const SharedVolume volume, volumes_.Get(*grant_, item.sample));
    GYRUS_ASSIGN_OR_RETURN(Payload payload, WholeVolume(volume, *grant_, request_.with_mask()));
    if (!item.slice.has_value()) return payload;
    return OneSlice(std::move(payload), grant_->train_views().axis(), *item.slice);
  }

  // Starts to prepare the next item that nobody prepares yet.
  void MakeNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (next_to_make_ == items_.size() || finished_) return;
    const size_t index = next_to_make_++;
    ++making_;
    executor_.Run([this, index] {
      auto payload = Make(items_[index]);
      bool last = false;
      {
        absl::MutexLock lock(&mu_);
        made_[index] = std::move(payload);
        --making_;
        Advance();
        last = done_ && making_ == 0;
      }
      if (last) delete this;
    });
  }

  // Sends the next chunk if it is ready and no other is being written.
  void Advance() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (writing_ || finished_) return;
    if (cursor_.has_value() && cursor_->done()) {
      cursor_.reset();
      made_[sending_++].reset();
      MakeNext();
    }
    if (!cursor_.has_value()) {
      if (sending_ == items_.size()) {
        FinishOnce(absl::OkStatus());
        return;
      }
      if (!made_[sending_].has_value()) return;  // Called again when it is ready.
      absl::StatusOr<Payload>& made = *made_[sending_];
      if (!made.ok()) {
        FinishOnce(made.status());
        return;
      }
      cursor_.emplace(*std::move(made), HeaderOf(sending_));
    }
    buffer_ = cursor_->Next();
    writing_ = true;
    StartWrite(&buffer_);
  }

  v1::ChunkHeader HeaderOf(size_t index) const {
    v1::ChunkHeader header;
    header.set_position(request_.positions(static_cast<int>(index)));
    header.set_item(items_[index].name);
    return header;
  }

  void FinishOnce(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (finished_) return;
    finished_ = true;
    Finish(ToGrpc(status));
  }

  VolumeProvider& volumes_;
  Executor& executor_;
  Grants& grants_;
  EpochOrders& orders_;

  absl::Mutex mu_;
  // Set by Begin, then read-only.
  v1::ReadRequest request_;
  std::shared_ptr<const v1::GrantBody> grant_;
  std::vector<GrantedItem> items_;

  std::vector<std::optional<absl::StatusOr<Payload>>> made_ ABSL_GUARDED_BY(mu_);
  size_t next_to_make_ ABSL_GUARDED_BY(mu_) = 0;
  int making_ ABSL_GUARDED_BY(mu_) = 0;
  size_t sending_ ABSL_GUARDED_BY(mu_) = 0;
  std::optional<ChunkCursor> cursor_ ABSL_GUARDED_BY(mu_);
  grpc::ByteBuffer buffer_ ABSL_GUARDED_BY(mu_);
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  bool finished_ ABSL_GUARDED_BY(mu_) = false;
  bool done_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* StartReadStream(const grpc::ByteBuffer& request,
                                                            Grants& grants, EpochOrders& orders,
                                                            VolumeProvider& volumes,
                                                            Executor& executor) {
  auto* const stream = new ReadStream(grants, orders, volumes, executor);
  stream->Start(request);
  return stream;
}

}  // namespace gyrus
