#include "dataloader/cache/volume_cache.h"

#include <atomic>
#include <cstring>
#include <fstream>
#include <functional>
#include <thread>
#include <vector>

#include "common/digest.h"
#include "common/testing/test_folder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

// Without the syncs of WriteFileAtomically, because this is done often.
void Overwrite(const std::string& path, absl::string_view bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), bytes.size());
}

PreparedVolume TwoChannels() {
  PreparedVolume prepared;
  for (const char* channel : {"T1w", "RI"}) {
    Volume volume;
    volume.shape = {3, 4, 5};
    volume.affine = {{{2, 0, 0, 7}, {0, 2, 0, 8}, {0, 0, 2, 9}}};
    for (int i = 0; i < 60; ++i) volume.voxels.push_back(i + 100.0f * prepared.channels.size());
    prepared.channels.push_back(channel);
    prepared.volumes.push_back(volume);
  }
  prepared.mask = prepared.volumes[0];
  for (int i = 0; i < 60; ++i) prepared.mask.voxels[i] = i % 3 == 0 ? 1 : 0;
  return prepared;
}

class VolumeCacheTest : public testing::Test {
 protected:
  VolumeCacheTest() : folder_(scratch_.path()) { cache_ = *VolumeCache::Open(folder_); }
  std::string Path() const {
    return folder_ + "/" + Hex(id_).substr(0, 2) + "/" + Hex(id_) + ".vol";
  }

  const TestFolder scratch_;
  const std::string folder_;
  const std::string id_ = Sha256Of("a volume");
  std::unique_ptr<VolumeCache> cache_;
  std::atomic<int> made_{0};
  const std::function<absl::StatusOr<PreparedVolume>()> make_ = [this] {
    ++made_;
    return TwoChannels();
  };
};

TEST_F(VolumeCacheTest, AColdVolumeIsServedFromTheFileJustWritten) {
  const auto cold = cache_->Get(id_, make_);
  ASSERT_TRUE(cold.ok()) << cold.status();
  EXPECT_THAT((*cold)->head().channels(), testing::ElementsAre("T1w", "RI"));
  EXPECT_THAT((*cold)->head().shape(), testing::ElementsAre(2, 3, 4, 5));
  const auto* voxels = reinterpret_cast<const float*>((*cold)->Channel(1).data());
  EXPECT_EQ(voxels[0], 100);
  EXPECT_EQ(voxels[59], 159);
  EXPECT_EQ(reinterpret_cast<uintptr_t>((*cold)->Channel(0).data()) % 64, 0);
  ASSERT_EQ((*cold)->Mask().size(), 60);
  EXPECT_EQ((*cold)->Mask().substr(0, 4), absl::string_view("\1\0\0\1", 4));

  const auto again = VolumeCache::Open(folder_);
  const auto warm = (*again)->Get(id_, make_);
  ASSERT_TRUE(warm.ok());
  EXPECT_EQ((*warm)->Channel(0), (*cold)->Channel(0));
  EXPECT_EQ(made_, 1);
}

TEST_F(VolumeCacheTest, ManyWhoAskAtOnceWaitForOne) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([this] { EXPECT_TRUE(cache_->Get(id_, make_).ok()); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made_, 1);
}

// A volume that is open is the same one; of too many, the earliest is let go.
TEST_F(VolumeCacheTest, TheLatestStayOpen) {
  const std::unique_ptr<VolumeCache> cache = *VolumeCache::Open(folder_, /*max_open=*/2);
  const std::weak_ptr<const VolumeFile> first = *cache->Get(id_, make_);
  ASSERT_TRUE(cache->Get(Sha256Of("the second"), make_).ok());
  ASSERT_FALSE(first.expired());
  EXPECT_EQ(*cache->Get(id_, make_), first.lock());
  ASSERT_TRUE(cache->Get(Sha256Of("the third"), make_).ok());
  EXPECT_TRUE(first.expired());
  EXPECT_TRUE(cache->Get(id_, make_).ok());
  EXPECT_EQ(made_, 3) << "the first comes from its file";
}

TEST_F(VolumeCacheTest, AnErrorIsNotRemembered) {
  const auto failed = cache_->Get(
      id_, []() -> absl::StatusOr<PreparedVolume> { return absl::DataLossError("bad"); });
  EXPECT_EQ(failed.status(), absl::DataLossError("bad"));
  EXPECT_TRUE(cache_->Get(id_, make_).ok());
}

TEST_F(VolumeCacheTest, EveryDamagedByteIsNoticedAndMadeAgain) {
  ASSERT_TRUE(cache_->Get(id_, make_).ok());
  const std::string bytes = ReadFile(Path()).value();
  uint32_t head_bytes = 0;
  std::memcpy(&head_bytes, bytes.data() + 4, sizeof(head_bytes));
  EXPECT_FALSE(VolumeFile::Open(Path(), Sha256Of("another volume")).ok());
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] ^= 0x10;
    Overwrite(Path(), damaged);
    // Zeros between head and voxels say nothing.
    const bool padding = i >= 8 + head_bytes && i < bytes.size() - 540;
    EXPECT_EQ(VolumeFile::Open(Path(), id_).ok(), padding) << i;
  }
  std::string damaged = bytes;
  damaged.back() ^= 1;
  Overwrite(Path(), damaged);
  const auto again = VolumeCache::Open(folder_);
  ASSERT_TRUE((*again)->Get(id_, make_).ok());
  EXPECT_EQ(made_, 2);
  EXPECT_EQ(ReadFile(Path()).value(), bytes);
}

TEST_F(VolumeCacheTest, EveryTruncationIsDamage) {
  ASSERT_TRUE(cache_->Get(id_, make_).ok());
  const std::string bytes = ReadFile(Path()).value();
  for (size_t size = 0; size < bytes.size(); ++size) {
    Overwrite(Path(), bytes.substr(0, size));
    EXPECT_EQ(VolumeFile::Open(Path(), id_).status().code(), absl::StatusCode::kDataLoss) << size;
  }
}

}  // namespace
}  // namespace gyrus
