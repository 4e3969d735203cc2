// The calls of operators and workers on a real socket.
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/digest.h"
#include "common/files.h"
#include "common/rpc/channel.h"
#include "common/rpc/server.h"
#include "common/rpc/status.h"
#include "common/rpc/upload.h"
#include "common/version.h"
#include "coordinator/runtime/testing/coordinator_fixture.h"
#include "coordinator/service/experiments_service.h"
#include "coordinator/service/workers_service.h"

namespace gyrus {
namespace {

using testing::ElementsAre;

using Link = grpc::ClientReaderWriter<v1::FromWorker, v1::ToWorker>;

class StreamsTest : public CoordinatorFixture {
 protected:
  StreamsTest() : experiments_(*coordinator_, *loaders_), workers_(*coordinator_) {
    server_ = *RpcServer::Start({}, {&experiments_, &workers_});
    const auto channel = OpenChannel(server_->address());
    operators_ = v1::Experiments::NewStub(channel);
    worker_ = v1::Workers::NewStub(channel);
  }
  ~StreamsTest() override {
    coordinator_->links().CloseAll(absl::UnavailableError("stopping"));
    coordinator_->rendezvous().Close(absl::UnavailableError("stopping"));
  }

  // A worker's link on which Hello was said.
  std::unique_ptr<Link> Open(grpc::ClientContext& context, v1::Hello hello) {
    auto link = worker_->Link(&context);
    hello.set_protocol_major(kProtocolMajor);
    v1::FromWorker message;
    *message.mutable_hello() = std::move(hello);
    EXPECT_TRUE(link->Write(message));
    return link;
  }
  // The next rank that the worker is to start.
  static v1::RankId ReadStart(Link& link) {
    v1::ToWorker message;
    while (link.Read(&message)) {
      if (message.has_start()) return message.start().rank();
    }
    ADD_FAILURE() << "the link ended without a start: " << FromGrpc(link.Finish());
    return {};
  }

  absl::StatusOr<std::vector<std::string>> Exchange(const v1::RankId& rank, uint32_t world_size,
                                                    absl::Duration timeout = kTestPatience) {
    v1::ExchangeRequest request;
    *request.mutable_rank() = rank;
    request.set_world_size(world_size);
    request.set_value(absl::StrCat("of ", rank.rank()));
    grpc::ClientContext context;
    SetTimeout(context, timeout);
    v1::ExchangeReply reply;
    const absl::Status status = FromGrpc(worker_->Exchange(&context, request, &reply));
    if (!status.ok()) return status;
    return std::vector<std::string>(reply.values().begin(), reply.values().end());
  }

  absl::Status Upload(const std::string& bytes, const std::string& sha256) {
    grpc::ClientContext context;
    v1::UploadReply reply;
    const auto stream = operators_->UploadWeights(&context, &reply);
    return FromGrpc(SendFile(*stream, sha256, bytes));
  }

  absl::StatusOr<std::string> Download(const std::string& sha256) {
    grpc::ClientContext context;
    v1::DownloadRequest request;
    request.set_sha256(sha256);
    const auto stream = worker_->Download(&context, request);
    std::string bytes;
    v1::DownloadChunk chunk;
    while (stream->Read(&chunk)) bytes += chunk.data();
    const absl::Status status = FromGrpc(stream->Finish());
    if (!status.ok()) return status;
    return bytes;
  }

  ExperimentsService experiments_;
  WorkersService workers_;
  std::unique_ptr<v1::Experiments::Stub> operators_;
  std::unique_ptr<v1::Workers::Stub> worker_;
  std::unique_ptr<RpcServer> server_;  // Stops before what it serves goes.
};

TEST_F(StreamsTest, AWatcherSeesTheEndHoweverFastItComes) {
  const std::string id = Submit();
  grpc::ClientContext context;
  v1::ShowRequest request;
  request.set_experiment_id(id);
  const auto stream = operators_->Watch(&context, request);
  v1::ExperimentView view;
  ASSERT_TRUE(stream->Read(&view));
  EXPECT_EQ(view.state(), v1::EXPERIMENT_STATE_RUNNING);
  // Many changes while nobody reads, the last one last.
  v1::Admission admission;
  for (int i = 0; i < 1000; ++i) {
    admission.set_images_read(i);
    coordinator_->status_store().SetAdmission(id, admission);
  }
  ASSERT_TRUE(coordinator_->Cancel(id).ok());
  int views = 0;
  while (stream->Read(&view)) ++views;
  EXPECT_EQ(view.state(), v1::EXPERIMENT_STATE_INCOMPLETE);
  EXPECT_LT(views, 1000);
  EXPECT_TRUE(stream->Finish().ok());

  // And one who comes when it is over.
  grpc::ClientContext late;
  const auto after = operators_->Watch(&late, request);
  ASSERT_TRUE(after->Read(&view));
  EXPECT_EQ(view.state(), v1::EXPERIMENT_STATE_INCOMPLETE);
  EXPECT_FALSE(after->Read(&view));
  EXPECT_TRUE(after->Finish().ok());
}

TEST_F(StreamsTest, WatchingWhatIsNotThereIsNotFound) {
  grpc::ClientContext context;
  v1::ShowRequest request;
  request.set_experiment_id("nobody");
  const auto stream = operators_->Watch(&context, request);
  v1::ExperimentView view;
  EXPECT_FALSE(stream->Read(&view));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(StreamsTest, AWatcherThatGoesAwayIsForgotten) {
  const std::string id = Submit();
  {
    grpc::ClientContext context;
    v1::ShowRequest request;
    request.set_experiment_id(id);
    const auto stream = operators_->Watch(&context, request);
    v1::ExperimentView view;
    ASSERT_TRUE(stream->Read(&view));
    context.TryCancel();
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  EXPECT_TRUE(coordinator_->Cancel(id).ok());
}

TEST_F(StreamsTest, AWorkerMustSayHelloFirstAndInThisLanguage) {
  v1::FromWorker message;
  message.mutable_record();
  v1::ToWorker reply;
  grpc::ClientContext rude;
  const auto first = worker_->Link(&rude);
  first->Write(message);
  EXPECT_FALSE(first->Read(&reply));
  EXPECT_EQ(first->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);

  *message.mutable_hello() = HelloOf("a", 1);
  message.mutable_hello()->set_protocol_major(kProtocolMajor + 1);
  grpc::ClientContext foreign;
  const auto second = worker_->Link(&foreign);
  second->Write(message);
  EXPECT_FALSE(second->Read(&reply));
  EXPECT_EQ(second->Finish().error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  for (const uint32_t slots : {0u, 4000000000u}) {
    *message.mutable_hello() = HelloOf("a", slots);
    message.mutable_hello()->set_protocol_major(kProtocolMajor);
    grpc::ClientContext greedy;
    const auto third = worker_->Link(&greedy);
    third->Write(message);
    EXPECT_FALSE(third->Read(&reply));
    EXPECT_EQ(third->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  }
  Settle();
  EXPECT_TRUE(coordinator_->status_store().Workers().empty());
}

// More than one chunk, and not a whole number of them.
std::string SomeWeights() {
  std::string bytes(5 << 19, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 31 + i / 1000);
  return bytes;
}

TEST_F(StreamsTest, WeightsThatAnOperatorUploadsAreDownloadedByARank) {
  const std::string bytes = SomeWeights();
  ASSERT_TRUE(Upload(bytes, Sha256Of(bytes)).ok());
  ASSERT_TRUE(Upload(bytes, Sha256Of(bytes)).ok()) << "what is known is taken again";
  const auto there = Download(Sha256Of(bytes));
  ASSERT_TRUE(there.ok()) << there.status();
  EXPECT_TRUE(*there == bytes);
}

TEST_F(StreamsTest, WeightsThatAreNotWhatTheySayAreNotTaken) {
  const std::string bytes = SomeWeights();
  const std::string other = Sha256Of("other");
  EXPECT_EQ(Upload(bytes, other).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(Download(other).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Download("no digest").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(StreamsTest, WeightsThatWereDamagedAreNotGiven) {
  const std::string bytes = SomeWeights();
  ASSERT_TRUE(Upload(bytes, Sha256Of(bytes)).ok());
  const std::string name = Hex(Sha256Of(bytes));
  const std::string path =
      absl::StrCat(folder_->vault_folder(), "/objects/", name.substr(0, 2), "/", name);
  std::string damaged = bytes;
  damaged[1 << 20] ^= 1;
  ASSERT_TRUE(WriteFileAtomically(path, damaged).ok());
  EXPECT_EQ(Download(Sha256Of(bytes)).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(StreamsTest, AnExperimentNamesWeightsThatAreThere) {
  const std::string bytes = SomeWeights();
  v1::SubmitRequest request = Request();
  v1::Init& init = *request.mutable_spec()->mutable_init();
  init.set_weights("w.pt");
  EXPECT_THAT(std::string(coordinator_->Submit(request).status().message()),
              testing::HasSubstr("init.weights: w.pt comes without its digest"));
  init.set_sha256(Hex(Sha256Of(bytes)));
  EXPECT_EQ(coordinator_->Submit(request).status().code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(Upload(bytes, Sha256Of(bytes)).ok());
  EXPECT_TRUE(coordinator_->Submit(request).ok());
}

TEST_F(StreamsTest, ASecondHelloEndsTheLinkOfTheFirst) {
  v1::FromWorker message;
  v1::ToWorker reply;
  grpc::ClientContext context;
  const auto link = worker_->Link(&context);
  *message.mutable_hello() = HelloOf("a", 1);
  message.mutable_hello()->set_protocol_major(kProtocolMajor);
  link->Write(message);
  ASSERT_TRUE(link->Read(&reply));
  message.mutable_hello()->set_worker_id("ghost");
  link->Write(message);
  EXPECT_FALSE(link->Read(&reply));
  EXPECT_EQ(link->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  // The server hears of the end after the client.
  const absl::Time give_up = absl::Now() + kTestPatience;
  while (coordinator_->status_store().Workers()[0].connected() && absl::Now() < give_up) {
    absl::SleepFor(absl::Milliseconds(1));
  }
  const std::vector<v1::WorkerView> workers = coordinator_->status_store().Workers();
  ASSERT_THAT(workers, testing::SizeIs(1));
  EXPECT_EQ(workers[0].id(), "a");
  EXPECT_FALSE(workers[0].connected());
}

TEST_F(StreamsTest, RanksMeetAndAWrongOrOldOneDoesNot) {
  Submit(2);
  grpc::ClientContext context;
  const auto link = Open(context, HelloOf("a", 2));
  v1::RankId zero = ReadStart(*link);
  v1::RankId one = zero;
  zero.set_rank(0);
  one.set_rank(1);
  EXPECT_EQ(Exchange(one, 4).status().code(), absl::StatusCode::kInvalidArgument);
  v1::RankId old = zero;
  old.set_attempt(0);
  EXPECT_EQ(Exchange(old, 2).status().code(), absl::StatusCode::kAborted);
  // The other one is late, so this one gives up and comes again.
  EXPECT_EQ(Exchange(zero, 2, absl::Milliseconds(20)).status().code(),
            absl::StatusCode::kDeadlineExceeded);
  std::thread other([&] { EXPECT_TRUE(Exchange(one, 2).ok()); });
  const auto values = Exchange(zero, 2);
  other.join();
  ASSERT_TRUE(values.ok()) << values.status();
  EXPECT_THAT(*values, ElementsAre("of 0", "of 1"));
}

TEST_F(StreamsTest, AnAttemptThatIsCancelledWakesTheRanksThatWait) {
  const std::string id = Submit(2);
  grpc::ClientContext context;
  const auto link = Open(context, HelloOf("a", 2));
  const v1::RankId rank = ReadStart(*link);
  std::thread waiting([&] {
    EXPECT_EQ(Exchange(rank, 2, absl::Minutes(5)).status().code(), absl::StatusCode::kAborted);
  });
  EXPECT_TRUE(coordinator_->Cancel(id).ok());
  waiting.join();
}

TEST_F(StreamsTest, ACoordinatorStopsAlsoWhileRanksWaitForEachOther) {
  Submit(2);
  grpc::ClientContext context;
  const auto link = Open(context, HelloOf("a", 2));
  const v1::RankId rank = ReadStart(*link);
  // Gives up: the call is over for it, but not yet at the coordinator.
  EXPECT_EQ(Exchange(rank, 2, absl::Milliseconds(20)).status().code(),
            absl::StatusCode::kDeadlineExceeded);
  coordinator_->links().CloseAll(absl::UnavailableError("stopping"));
  coordinator_->rendezvous().Close(absl::UnavailableError("stopping"));
  server_.reset();
}

}  // namespace
}  // namespace gyrus
