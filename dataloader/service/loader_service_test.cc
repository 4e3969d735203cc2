// A real loader on a real socket, over real files.
#include "dataloader/service/loader_service.h"

#include <grpcpp/generic/generic_stub.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/rpc/channel.h"
#include "common/rpc/server.h"
#include "common/rpc/status.h"
#include "common/signing.h"
#include "common/testing/test_folder.h"
#include "core/epoch/order.h"
#include "core/volume/nifti.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::HasSubstr;

constexpr int kSubjects = 5;

class LoaderServiceTest : public testing::Test {
 protected:
  LoaderServiceTest() : folder_(scratch_.path()) {
    EXPECT_TRUE(MakeFolders(folder_ + "/data").ok());
    std::string manifest = "subject,age,T1w,T2w\n";
    for (int i = 0; i < kSubjects; ++i) {
      const std::string id = "s" + std::to_string(i);
      manifest += id + "," + std::to_string(20 + i) + "," + id + "_1.nii," + id + "_2.nii\n";
      for (int channel : {1, 2}) PutImage(id + "_" + std::to_string(channel) + ".nii", i, channel);
    }
    EXPECT_TRUE(WriteFileAtomically(folder_ + "/data/m.csv", manifest).ok());
    key_ = std::make_unique<SigningKey>(*SigningKey::LoadOrCreate(folder_ + "/key"));
    Start();
  }

  // 70 x 70 x 80 voxels, 1.5 MiB: more than one slice.
  void PutImage(const std::string& name, int subject, int channel) {
    Volume volume;
    volume.shape = {70, 70, 80};
    volume.affine = {{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}}};
    for (int i = 0; i < 70 * 70 * 80; ++i) {
      volume.voxels.push_back(static_cast<float>(channel * 1000 + subject * 100 + i % 97));
    }
    EXPECT_TRUE(WriteFileAtomically(folder_ + "/data/" + name, SerializeNifti(volume)).ok());
  }

  void Start() {
    server_.reset();
    service_ = std::make_unique<LoaderService>(*DataRoot::Open({folder_ + "/data"}),
                                               *AdmittedCohorts::Open(folder_ + "/cache"),
                                               *VolumeCache::Open(folder_ + "/cache/volumes"),
                                               key_->public_key(), LoaderThreads{.threads = 2});
    server_ = *RpcServer::Start({}, {service_.get()});
    stub_ = v1::DataLoader::NewStub(OpenChannel(server_->address()));
  }

  v1::AdmitReply Admit() {
    v1::AdmitRequest request;
    request.mutable_cohort()->set_name("c");
    request.mutable_cohort()->set_manifest("m.csv");
    request.mutable_cohort()->set_mask(mask_);
    request.add_channels("T1w");
    request.add_channels("T2w");
    request.add_numeric_columns("age");
    grpc::ClientContext context;
    const auto stream = stub_->Admit(&context, request);
    v1::AdmitReply reply, last;
    while (stream->Read(&reply)) last = reply;
    EXPECT_TRUE(stream->Finish().ok());
    return last;
  }

  v1::GrantBody Body(const v1::SampleTable& table) {
    v1::GrantBody body;
    body.set_experiment_id("e");
    body.set_trial_id("T1w/train/r0/f0/s1");
    body.set_attempt(2);
    body.mutable_recipe()->add_steps()->mutable_reorient()->set_to("RAS");
    body.add_channels("T2w");
    body.add_channels("T1w");
    body.add_table_digests(table.digest());
    body.set_order_seed(1);
    v1::Permit& train = *body.add_permits();
    train.set_purpose(v1::PURPOSE_TRAIN);
    for (int i = 0; i < 4; ++i) train.add_items("c/s" + std::to_string(i) + "/1");
    v1::Permit& validation = *body.add_permits();
    validation.set_purpose(v1::PURPOSE_VALIDATION);
    validation.add_items("c/s4/1");
    return body;
  }

  struct ReadResult {
    absl::Status status;
    std::vector<std::string> items;
    std::map<std::string, std::string> bytes;
  };
  ReadResult Read(const v1::GrantBody& body, v1::Purpose purpose,
                  const std::vector<uint32_t>& positions, uint32_t epoch = 0, bool forge = false) {
    v1::ReadRequest request;
    request.mutable_grant()->set_body(body.SerializeAsString());
    request.mutable_grant()->set_signature(
        key_->Sign(forge ? "another body" : request.grant().body()));
    request.set_purpose(purpose);
    request.set_epoch(epoch);
    request.set_with_mask(with_mask_);
    for (const uint32_t position : positions) request.add_positions(position);
    grpc::ClientContext context;
    const auto stream = stub_->Read(&context, request);
    ReadResult result;
    v1::VolumeChunk slice;
    while (stream->Read(&slice)) {
      const v1::ChunkHeader& header = slice.header();
      if (header.offset_bytes() == 0) result.items.push_back(header.item());
      std::string& bytes = result.bytes[header.item()];
      EXPECT_EQ(bytes.size(), header.offset_bytes());
      bytes += slice.data();
      mask_bytes_ = header.mask_bytes();
      shape_.assign(header.shape().begin(), header.shape().end());
    }
    result.status = FromGrpc(stream->Finish());
    return result;
  }

  const TestFolder scratch_;
  const std::string folder_;
  std::string mask_;         // Of the cohort.
  bool with_mask_ = false;   // Whether Read asks for it.
  uint64_t mask_bytes_ = 0;  // What the last Read got.
  std::vector<uint32_t> shape_;
  std::unique_ptr<SigningKey> key_;
  std::unique_ptr<LoaderService> service_;
  std::unique_ptr<RpcServer> server_;
  std::unique_ptr<v1::DataLoader::Stub> stub_;
};

TEST_F(LoaderServiceTest, SendsTheItemsOfTheEpochsOrderWithTheGrantsChannels) {
  const v1::GrantBody body = Body(Admit().table());
  const ReadResult result = Read(body, v1::PURPOSE_TRAIN, {2, 0, 3}, /*epoch=*/7);
  ASSERT_TRUE(result.status.ok()) << result.status;
  const auto order = EpochOrder(1, 7, 4);
  std::vector<std::string> expected;
  for (const uint32_t position : {2, 0, 3}) {
    expected.push_back("c/s" + std::to_string(order[position]) + "/1");
  }
  EXPECT_EQ(result.items, expected);
  for (const auto& [item, bytes] : result.bytes) {
    ASSERT_EQ(bytes.size(), 2 * 70 * 70 * 80 * sizeof(float));
    const auto* voxels = reinterpret_cast<const float*>(bytes.data());
    const int subject = item[3] - '0';
    EXPECT_EQ(voxels[5], 2000 + subject * 100 + 5);                 // T2w comes first,
    EXPECT_EQ(voxels[70 * 70 * 80 + 5], 1000 + subject * 100 + 5);  // as in the grant.
  }
}

TEST_F(LoaderServiceTest, SendsSlicesThatAreTheVolumesOwn) {
  v1::GrantBody body = Body(Admit().table());
  const ReadResult whole = Read(body, v1::PURPOSE_TRAIN, {0, 1, 2, 3});
  body.mutable_train_views()->set_axis(2);
  body.mutable_train_views()->set_first(30);
  body.mutable_train_views()->set_count(2);
  const ReadResult slices = Read(body, v1::PURPOSE_TRAIN, {0, 1, 2, 3, 4, 5, 6, 7});
  ASSERT_TRUE(slices.status.ok()) << slices.status;
  EXPECT_EQ(slices.bytes.size(), 8);
  for (const auto& [item, volume] : whole.bytes) {
    for (const uint32_t z : {30, 31}) {
      const std::string& slice = slices.bytes.at(absl::StrCat(item, "/z", z));
      ASSERT_EQ(slice.size(), 2 * 70 * 70 * sizeof(float));
      const auto* voxels = reinterpret_cast<const float*>(volume.data());
      const auto* plane = reinterpret_cast<const float*>(slice.data());
      for (const size_t column : {0, 1, 4321, 2 * 70 * 70 - 1}) {  // Over both channels.
        EXPECT_EQ(plane[column], voxels[column * 80 + z]) << item << " " << column;
      }
    }
  }
  // Items for validation and test are sent as whole volumes.
  EXPECT_EQ(Read(body, v1::PURPOSE_VALIDATION, {0}).bytes.at("c/s4/1").size(),
            2 * 70 * 70 * 80 * sizeof(float));
  body.mutable_train_views()->set_first(79);
  EXPECT_FALSE(Read(body, v1::PURPOSE_TRAIN, {0, 1, 2, 3, 4, 5, 6, 7}).status.ok());
}

TEST_F(LoaderServiceTest, SendsTheMaskBehindTheChannelsWhereItIsAskedFor) {
  Volume mask = {{70, 70, 80}, {{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}}}, {}};
  for (int i = 0; i < 70 * 70 * 80; ++i) mask.voxels.push_back(i % 5 == 0 ? 1.0f : 0.0f);
  ASSERT_TRUE(WriteFileAtomically(folder_ + "/data/mask.nii", SerializeNifti(mask)).ok());
  mask_ = "mask.nii";
  v1::GrantBody body = Body(Admit().table());
  constexpr size_t kVoxels = 70 * 70 * 80;
  const std::string without = Read(body, v1::PURPOSE_VALIDATION, {0}).bytes.at("c/s4/1");
  EXPECT_EQ(mask_bytes_, 0);
  EXPECT_EQ(without.size(), 2 * kVoxels * sizeof(float));
  with_mask_ = true;
  const std::string with = Read(body, v1::PURPOSE_VALIDATION, {0}).bytes.at("c/s4/1");
  EXPECT_EQ(mask_bytes_, kVoxels);
  EXPECT_THAT(shape_, testing::ElementsAre(2, 70, 70, 80)) << "the network's input";
  ASSERT_EQ(with.size(), without.size() + kVoxels);
  EXPECT_EQ(with.substr(0, without.size()), without);
  for (size_t i = 0; i < kVoxels; ++i) ASSERT_EQ(with[without.size() + i], i % 5 == 0 ? 1 : 0);
  body.mutable_train_views()->set_axis(2);
  body.mutable_train_views()->set_first(30);
  body.mutable_train_views()->set_count(1);
  const std::string slice = Read(body, v1::PURPOSE_TRAIN, {0}).bytes.begin()->second;
  EXPECT_EQ(mask_bytes_, 70 * 70);
  ASSERT_EQ(slice.size(), (2 * sizeof(float) + 1) * 70 * 70);
  EXPECT_EQ(slice[2 * sizeof(float) * 70 * 70], 1) << "voxel (0, 0, 30)";
}

TEST_F(LoaderServiceTest, ColdWarmAndRestartedGiveTheSameBytes) {
  const v1::GrantBody body = Body(Admit().table());
  const ReadResult cold = Read(body, v1::PURPOSE_TRAIN, {0, 1, 2, 3});
  const ReadResult warm = Read(body, v1::PURPOSE_TRAIN, {0, 1, 2, 3});
  Start();  // Remembers what was admitted.
  const ReadResult restarted = Read(body, v1::PURPOSE_TRAIN, {0, 1, 2, 3});
  ASSERT_TRUE(restarted.status.ok()) << restarted.status;
  EXPECT_EQ(cold.bytes, warm.bytes);
  EXPECT_EQ(cold.bytes, restarted.bytes);
}

TEST_F(LoaderServiceTest, AGrantPermitsWhatItNamesAndNothingElse) {
  const v1::GrantBody body = Body(Admit().table());
  EXPECT_EQ(Read(body, v1::PURPOSE_TEST, {0}).status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Read(body, v1::PURPOSE_TRAIN, {4}).status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(Read(body, v1::PURPOSE_VALIDATION, {0}).items, std::vector<std::string>{"c/s4/1"});
  EXPECT_EQ(Read(body, v1::PURPOSE_TRAIN, {0}, 0, /*forge=*/true).status.code(),
            absl::StatusCode::kPermissionDenied);
}

// All or nothing: who asks for one thing too many gets none of the others.
TEST_F(LoaderServiceTest, ARequestWithOneBadPositionIsSentNothing) {
  const v1::GrantBody body = Body(Admit().table());
  const ReadResult result = Read(body, v1::PURPOSE_TRAIN, {0, 1, 4});
  EXPECT_EQ(result.status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_TRUE(result.items.empty());
}

TEST_F(LoaderServiceTest, AnItemThatTheGrantNamesButNoTableHasIsAPrecondition) {
  v1::GrantBody body = Body(Admit().table());
  body.mutable_permits(1)->set_items(0, "c/nobody/1");
  const ReadResult result = Read(body, v1::PURPOSE_VALIDATION, {0});
  EXPECT_EQ(result.status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(result.status.message()), HasSubstr("c/nobody/1"));
}

TEST_F(LoaderServiceTest, AnOlderAttemptIsFenced) {
  v1::GrantBody body = Body(Admit().table());
  EXPECT_TRUE(Read(body, v1::PURPOSE_TRAIN, {0}).status.ok());
  body.set_attempt(1);
  EXPECT_EQ(Read(body, v1::PURPOSE_TRAIN, {0}).status.code(), absl::StatusCode::kAborted);
  body.set_attempt(3);
  EXPECT_TRUE(Read(body, v1::PURPOSE_TRAIN, {0}).status.ok());
}

TEST_F(LoaderServiceTest, AnImageThatChangedIsNamed) {
  const v1::GrantBody body = Body(Admit().table());
  PutImage("s4_1.nii", 7, 1);
  const ReadResult result = Read(body, v1::PURPOSE_VALIDATION, {0});
  EXPECT_EQ(result.status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(result.status.message()), HasSubstr("s4_1.nii has changed"));
}

TEST_F(LoaderServiceTest, ACohortThatWasNeverAdmittedIsAPrecondition) {
  v1::SampleTable table;
  table.set_digest(std::string(32, 'x'));
  EXPECT_EQ(Read(Body(table), v1::PURPOSE_TRAIN, {0}).status.code(),
            absl::StatusCode::kFailedPrecondition);
}

// A trial's cohorts may lie at several loaders; each is asked for its own items.
TEST_F(LoaderServiceTest, ACohortOfAnotherLoaderIsInNobodysWay) {
  v1::GrantBody body = Body(Admit().table());
  const std::string own = body.table_digests(0);
  const std::string other(32, 'x');
  for (const auto& digests : {std::vector{own, other}, std::vector{other, own}}) {
    body.mutable_table_digests()->Assign(digests.begin(), digests.end());
    EXPECT_TRUE(Read(body, v1::PURPOSE_TRAIN, {0}).status.ok());
  }
  body.mutable_permits(1)->set_items(0, "elsewhere/s1/1");
  const ReadResult result = Read(body, v1::PURPOSE_VALIDATION, {0});
  EXPECT_EQ(result.status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(result.status.message()), HasSubstr("elsewhere/s1/1"));
}

TEST_F(LoaderServiceTest, BytesThatAreNoRequestAreRefused) {
  grpc::GenericStub stub(OpenChannel(server_->address()));
  grpc::CompletionQueue queue;
  grpc::ClientContext context;
  const auto call = stub.PrepareCall(&context, "/gyrus.v1.DataLoader/Read", &queue);
  const auto await = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  const grpc::Slice bytes("\xff\xff\xff");
  grpc::ByteBuffer reply;
  grpc::Status status;
  call->StartCall(nullptr);
  ASSERT_TRUE(await());
  call->WriteLast(grpc::ByteBuffer(&bytes, 1), {}, nullptr);
  await();
  call->Read(&reply, nullptr);
  EXPECT_FALSE(await());
  call->Finish(&status, nullptr);
  await();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
}

TEST_F(LoaderServiceTest, AGrantThatIsNoneIsRefused) {
  grpc::ClientContext context;
  v1::ReadRequest request;
  request.mutable_grant()->set_body("not a body");
  request.mutable_grant()->set_signature(key_->Sign("not a body"));
  const auto stream = stub_->Read(&context, request);
  v1::VolumeChunk slice;
  EXPECT_FALSE(stream->Read(&slice));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::PERMISSION_DENIED);
}

}  // namespace
}  // namespace gyrus
