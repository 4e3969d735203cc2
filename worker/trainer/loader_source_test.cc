// The reading end of volumes, with a loader that a test makes fail.
#include "worker/trainer/loader_source.h"

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/reason/reason.h"
#include "common/rpc/server.h"
#include "core/epoch/order.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "gyrus/v1/loader.grpc.pb.h"

namespace gyrus {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

constexpr int kItems = 10;
constexpr int64_t kVoxels = 2 * 3 * 4;
constexpr int kSlices = 3;

v1::TrialSpec Trial() {
  v1::TrialSpec trial;
  trial.mutable_train()->set_seed(7);
  for (int i = 0; i < kItems; ++i) trial.add_train_items()->set_id(absl::StrCat("c/s", i, "/1"));
  for (int i = 0; i < 2; ++i) trial.add_test_items()->set_id(absl::StrCat("c/t", i, "/1"));
  return trial;
}

std::vector<float> VoxelsOf(const std::string& item) {
  std::vector<float> voxels;
  for (int i = 0; i < kVoxels; ++i) voxels.push_back(item[3] * 100 + i);
  return voxels;
}

// Sends each volume in three slices. Thread-safe.
class FakeLoader final : public v1::DataLoader::Service {
 public:
  // May change the slice that is about to be sent. Not OK: the stream ends with
  // that; CANCELLED stands for an end that looks well.
  using Fault = std::function<grpc::Status(v1::VolumeChunk&)>;

  grpc::Status Read(grpc::ServerContext*, const v1::ReadRequest* request,
                    grpc::ServerWriter<v1::VolumeChunk>* writer) override {
    absl::MutexLock lock(&mu_);
    requests_.push_back({request->positions().begin(), request->positions().end()});
    const v1::TrialSpec trial = Trial();
    const auto order = EpochOrder(trial.train().seed(), request->epoch(), kItems);
    for (const uint32_t position : request->positions()) {
      const std::string item = request->purpose() == v1::PURPOSE_TRAIN
                                   ? trial.train_items(order[position]).id()
                                   : trial.test_items(position).id();
      const std::vector<float> voxels = VoxelsOf(item);
      const std::string bytes(reinterpret_cast<const char*>(voxels.data()),
                              kVoxels * sizeof(float));
      const size_t length = bytes.size() / kSlices;
      for (size_t at = 0; at < bytes.size(); at += length) {
        v1::VolumeChunk slice;
        slice.mutable_header()->set_position(position);
        slice.mutable_header()->set_item(item);
        slice.mutable_header()->set_volume_id("id of " + item);
        for (const uint32_t extent : {1, 2, 3, 4}) slice.mutable_header()->add_shape(extent);
        slice.mutable_header()->set_total_bytes(bytes.size());
        slice.mutable_header()->set_offset_bytes(at);
        slice.set_data(bytes.substr(at, length));
        if (fault_) {
          const grpc::Status status = fault_(slice);
          if (status.error_code() == grpc::StatusCode::CANCELLED) return grpc::Status::OK;
          if (!status.ok()) return status;
        }
        writer->Write(slice);
      }
    }
    return grpc::Status::OK;
  }

  // At the n-th slice of the epoch, from 0, when it is first sent.
  void FailAt(int n, Fault fault) {
    absl::MutexLock lock(&mu_);
    fault_ = [n, fault = std::move(fault), failed = false](v1::VolumeChunk& slice) mutable {
      const v1::ChunkHeader& header = slice.header();
      const int at = static_cast<int>(header.position() * kSlices +
                                      header.offset_bytes() * kSlices / header.total_bytes());
      if (failed || at != n) return grpc::Status::OK;
      failed = true;
      return fault(slice);
    };
  }
  std::vector<std::vector<uint32_t>> requests() const {
    absl::MutexLock lock(&mu_);
    return requests_;
  }

 private:
  mutable absl::Mutex mu_;
  Fault fault_ ABSL_GUARDED_BY(mu_);
  std::vector<std::vector<uint32_t>> requests_ ABSL_GUARDED_BY(mu_);
};

class LoaderSourceTest : public testing::Test {
 protected:
  LoaderSourceTest() : server_(*RpcServer::Start({}, {&loader_})), address_(server_->address()) {}

  std::unique_ptr<LoaderSource> Make(absl::Duration patience = absl::Seconds(30)) {
    return std::make_unique<LoaderSource>(LoaderSourceOptions{
        .trial = Trial(),
        .loaders = {{"c", address_}},
        .retry = {.first_pause = absl::Milliseconds(10), .give_up_after = patience},
        .report_after = absl::Milliseconds(20),
        .waiting = [this](const v1::Reason& reason) { waits_.push_back(reason); }});
  }
  // Asks for a whole epoch and expects all of it, in order, with its voxels.
  static void ExpectEpoch(LoaderSource& source, uint32_t epoch) {
    std::vector<uint32_t> positions;
    for (uint32_t i = 0; i < kItems; ++i) positions.push_back(i);
    source.Queue(v1::PURPOSE_TRAIN, epoch, positions);
    const auto order = EpochOrder(7, epoch, kItems);
    for (const uint32_t position : positions) {
      const auto item = source.Next();
      ASSERT_TRUE(item.ok()) << item.status();
      EXPECT_EQ(item->position, position);
      EXPECT_EQ(item->item, Trial().train_items(order[position]).id());
      const float* const voxels = item->volume.data_ptr<float>();
      EXPECT_EQ(std::vector<float>(voxels, voxels + kVoxels), VoxelsOf(item->item));
    }
  }
  // The first error of an epoch.
  absl::Status FirstError() {
    const auto source = Make();
    source->Queue(v1::PURPOSE_TRAIN, 0, {0, 1, 2});
    for (int i = 0; i < 3; ++i) {
      if (const auto item = source->Next(); !item.ok()) return item.status();
    }
    return absl::OkStatus();
  }

  FakeLoader loader_;
  std::unique_ptr<RpcServer> server_;
  const std::string address_;
  std::vector<v1::Reason> waits_;
};

TEST_F(LoaderSourceTest, GivesEveryItemOnceInTheEpochsOrder) {
  const auto source = Make();
  ExpectEpoch(*source, 0);
  ExpectEpoch(*source, 1);
  EXPECT_THAT(loader_.requests(), SizeIs(6)) << "windows of four";
  EXPECT_EQ(source->Next().status().code(), absl::StatusCode::kInternal) << "nothing is asked for";
}

// Before, between and inside of volumes, and just before the last slice.
TEST_F(LoaderSourceTest, AfterACutAnywhereTheRestIsAskedForAgain) {
  for (const int at : {0, 1, 2, 3, 4, 22, 23}) {
    for (const auto code : {grpc::StatusCode::CANCELLED, grpc::StatusCode::UNAVAILABLE}) {
      loader_.FailAt(at, [code](v1::VolumeChunk&) { return grpc::Status(code, "cut"); });
      const size_t before = loader_.requests().size();
      ExpectEpoch(*Make(), 3);
      // From the first volume that was not whole.
      const uint32_t position = at / kSlices;
      int asked = 0;
      for (size_t i = before; i < loader_.requests().size(); ++i) {
        asked += loader_.requests()[i].at(0) == position ? 1 : 0;
      }
      EXPECT_EQ(asked, position == 0 ? 2 : 1) << at;
    }
  }
}

// The loader need not wait for the loop at a window's end.
TEST_F(LoaderSourceTest, TwoWindowsAreOnTheirWayAtOnce) {
  const auto source = Make();
  source->Queue(v1::PURPOSE_TRAIN, 0, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  ASSERT_TRUE(source->Next().ok());
  while (loader_.requests().size() < 2) absl::SleepFor(absl::Milliseconds(1));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(source->Next().ok());
  EXPECT_THAT(loader_.requests(), SizeIs(2)) << "no more than two";
}

TEST_F(LoaderSourceTest, ALoaderThatRestartsDelaysAndNothingElse) {
  const auto source = Make();
  ExpectEpoch(*source, 0);
  server_.reset();
  server_ = *RpcServer::Start({.address = address_}, {&loader_});
  ExpectEpoch(*source, 1);
}

// The fault of the issue: a loader that was away for 75 s cost an attempt.
TEST_F(LoaderSourceTest, ALoaderThatIsAwayIsWaitedForAndTheWaitIsReported) {
  const auto source = Make(absl::Hours(1));
  ExpectEpoch(*source, 0);
  EXPECT_THAT(waits_, SizeIs(0));
  server_.reset();
  source->Queue(v1::PURPOSE_TRAIN, 1, {0});
  std::thread returns([this] {
    absl::SleepFor(absl::Milliseconds(300));
    server_ = *RpcServer::Start({.address = address_}, {&loader_});
  });
  const auto item = source->Next();
  returns.join();
  ASSERT_TRUE(item.ok()) << item.status();
  ASSERT_GE(waits_.size(), 2);
  EXPECT_EQ(waits_.front().code(), v1::REASON_CODE_LOADER_LOST);
  EXPECT_THAT(waits_.front().message(), testing::HasSubstr(address_));
  EXPECT_EQ(waits_.back().code(), v1::REASON_CODE_UNSPECIFIED);
}

TEST_F(LoaderSourceTest, AFullDiskOfTheLoaderIsWaitedFor) {
  for (int i = 0; i < 2; ++i) {
    loader_.FailAt(4, [](v1::VolumeChunk&) {
      return grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "No space left on device");
    });
    EXPECT_TRUE(FirstError().ok());
  }
}

TEST_F(LoaderSourceTest, ALoaderThatStaysAwayIsLost) {
  server_.reset();
  const auto source = Make(absl::Milliseconds(50));
  source->Queue(v1::PURPOSE_TRAIN, 0, {0});
  const absl::Status status = source->Next().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonFrom(status, ErrorOrigin::kTraining).code(), v1::REASON_CODE_LOADER_LOST);
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr(address_));
}

TEST_F(LoaderSourceTest, WhatWouldHappenAgainIsNotAskedForAgain) {
  const std::pair<grpc::StatusCode, v1::ReasonCode> errors[] = {
      {grpc::StatusCode::DATA_LOSS, v1::REASON_CODE_BAD_DATA},
      {grpc::StatusCode::PERMISSION_DENIED, v1::REASON_CODE_BAD_DATA},
      {grpc::StatusCode::ABORTED, v1::REASON_CODE_ENVIRONMENT},
      {grpc::StatusCode::FAILED_PRECONDITION, v1::REASON_CODE_INTERNAL}};
  for (const auto& [code, reason] : errors) {
    loader_.FailAt(4, [code = code](v1::VolumeChunk&) { return grpc::Status(code, "no"); });
    const size_t before = loader_.requests().size();
    const absl::Status status = FirstError();
    EXPECT_EQ(static_cast<int>(status.code()), static_cast<int>(code));
    EXPECT_EQ(ReasonFrom(status, ErrorOrigin::kTraining).code(), reason);
    EXPECT_THAT(loader_.requests(), SizeIs(before + 1));
  }
}

// Each case is a false header that the source must reject.
TEST_F(LoaderSourceTest, AVolumeThatIsNotTheOneAskedForIsRefused) {
  const std::vector<std::function<void(v1::VolumeChunk&)>> lies = {
      [](auto& slice) { slice.mutable_header()->set_item("c/t0/1"); },
      [](auto& slice) { slice.mutable_header()->set_position(9); },
      [](auto& slice) { slice.mutable_header()->set_shape(3, 5); },
      [](auto& slice) { slice.mutable_header()->set_total_bytes(kVoxels * 8); },
      [](auto& slice) { slice.mutable_header()->set_offset_bytes(4); },
      // 2^64 voxels, which are 0 bytes if one is not careful; and none.
      [](auto& slice) {
        for (int axis = 0; axis < 4; ++axis) slice.mutable_header()->set_shape(axis, 65536);
        slice.mutable_header()->set_total_bytes(0);
      },
      [](auto& slice) {
        for (int axis = 0; axis < 4; ++axis) slice.mutable_header()->set_shape(axis, 60000);
        slice.mutable_header()->set_total_bytes(4ull * 60000 * 60000 * 60000 * 60000);
      },
      [](auto& slice) { slice.mutable_data()->resize(4); },
      [](auto& slice) { slice.mutable_data()->append("more than all of it", 19).resize(200); }};
  for (size_t i = 0; i < lies.size(); ++i) {
    loader_.FailAt(kSlices, [&](v1::VolumeChunk& slice) {
      lies[i](slice);
      return grpc::Status::OK;
    });
    EXPECT_EQ(FirstError().code(), absl::StatusCode::kInternal) << i;
  }
}

// A volume of the middle of which something else is sent.
TEST_F(LoaderSourceTest, AVolumeThatBeginsAgainInItsMiddleIsRefused) {
  loader_.FailAt(kSlices + 1, [](v1::VolumeChunk& slice) {
    slice.mutable_header()->set_offset_bytes(0);
    return grpc::Status::OK;
  });
  EXPECT_EQ(FirstError().code(), absl::StatusCode::kInternal);
}

TEST_F(LoaderSourceTest, AnItemSaysWhatItWasAskedForAndWhatItIs) {
  const auto source = Make();
  source->Queue(v1::PURPOSE_TRAIN, 0, {0});
  source->Queue(v1::PURPOSE_TRAIN, 0, {});
  source->Queue(v1::PURPOSE_TEST, 0, {0});
  const auto train = source->Next(), test = source->Next();
  ASSERT_TRUE(train.ok() && test.ok());
  EXPECT_EQ(train->purpose, v1::PURPOSE_TRAIN);
  EXPECT_EQ(test->purpose, v1::PURPOSE_TEST);
  EXPECT_FALSE(train->volume_id.empty());
}

}  // namespace
}  // namespace gyrus
