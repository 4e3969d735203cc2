// Volumes from the loader's cache into the trainer's tensors, over gRPC on
// loopback: against the same bytes through a bare socket, and against copying
// them in memory. Sender and receiver are threads of this process in all three.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "benchmark/benchmark.h"
#include "common/files.h"
#include "common/rpc/channel.h"
#include "common/rpc/server.h"
#include "common/signing.h"
#include "core/volume/nifti.h"
#include "dataloader/service/loader_service.h"
#include "tests/bench/paired.h"
#include "worker/trainer/loader_source.h"

namespace gyrus {
namespace {

constexpr int kItems = 16;
constexpr size_t kChunk = 1 << 20;

[[noreturn]] void Stop(const std::string& why) {
  fprintf(stderr, "stream_bench: %s\n", why.c_str());
  std::exit(1);
}

template <typename T>
T Must(absl::StatusOr<T> value) {
  if (!value.ok()) Stop(value.status().ToString());
  return *std::move(value);
}

std::string Item(int i) { return absl::StrCat("c/s", i, "/1"); }

// A loader with kItems volumes of `shape`, and a grant to all of them.
class Loader {
 public:
  explicit Loader(Shape3 shape)
      : folder_(absl::StrCat(GYRUS_BINARY_DIR, "/stream_bench.", getpid())) {
    WriteCohort(shape);
    const auto key = Must(SigningKey::LoadOrCreate(folder_ + "/key"));
    service_ = std::make_unique<LoaderService>(
        Must(DataRoot::Open({folder_})), Must(AdmittedCohorts::Open(folder_ + "/cache")),
        Must(VolumeCache::Open(folder_ + "/cache/volumes")), key.public_key(), 2);
    server_ = Must(RpcServer::Start({}, {service_.get()}));
    v1::GrantBody body;
    body.mutable_recipe()->add_steps()->mutable_reorient()->set_to("RAS");
    body.add_channels("T1w");
    body.add_table_digests(Admit());
    body.set_order_seed(1);
    v1::Permit& permit = *body.add_permits();
    permit.set_purpose(v1::PURPOSE_TRAIN);
    for (int i = 0; i < kItems; ++i) {
      permit.add_items(Item(i));
      options_.trial.add_train_items()->set_id(Item(i));
    }
    options_.trial.mutable_train()->set_seed(1);
    options_.grant.set_body(body.SerializeAsString());
    options_.grant.set_signature(key.Sign(options_.grant.body()));
    options_.loaders["c"] = server_->address();
  }

  ~Loader() {
    server_.reset();
    if (!RemoveAll(folder_).ok()) fprintf(stderr, "stream_bench: %s stays\n", folder_.c_str());
  }

  const LoaderSourceOptions& options() const { return options_; }

 private:
  void WriteCohort(Shape3 shape) {
    if (!MakeFolders(folder_).ok()) Stop("cannot make " + folder_);
    std::string manifest = "subject,age,T1w\n";
    Volume volume;
    volume.shape = shape;
    volume.affine = {{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}}};
    for (int i = 0; i < kItems; ++i) {
      absl::StrAppend(&manifest, "s", i, ",", 20 + i, ",s", i, ".nii\n");
      volume.voxels.clear();
      for (int64_t v = 0; v < shape[0] * shape[1] * shape[2]; ++v) {
        volume.voxels.push_back(static_cast<float>(i * 1000 + v % 997));
      }
      const std::string path = absl::StrCat(folder_, "/s", i, ".nii");
      if (!WriteFileAtomically(path, SerializeNifti(volume)).ok()) Stop("cannot write " + path);
    }
    if (!WriteFileAtomically(folder_ + "/m.csv", manifest).ok()) Stop("cannot write a manifest");
  }

  std::string Admit() {
    v1::AdmitRequest request;
    request.mutable_cohort()->set_name("c");
    request.mutable_cohort()->set_manifest("m.csv");
    request.add_channels("T1w");
    request.add_numeric_columns("age");
    grpc::ClientContext context;
    const auto stub = v1::DataLoader::NewStub(OpenChannel(server_->address()));
    const auto stream = stub->Admit(&context, request);
    v1::AdmitReply reply;
    while (stream->Read(&reply)) continue;
    if (!stream->Finish().ok() || !reply.has_table()) Stop("the cohort was not admitted");
    return reply.table().digest();
  }

  const std::string folder_;
  std::unique_ptr<LoaderService> service_;
  std::unique_ptr<RpcServer> server_;
  LoaderSourceOptions options_;
};

// One epoch from the loader. Each tensor is dropped when the next has come.
void Stream(LoaderSource& source, uint32_t epoch) {
  std::vector<uint32_t> positions(kItems);
  for (int i = 0; i < kItems; ++i) positions[i] = i;
  source.Queue(v1::PURPOSE_TRAIN, epoch, positions);
  for (int i = 0; i < kItems; ++i) benchmark::DoNotOptimize(Must(source.Next()).volume);
}

// The same amount of bytes, from memory that is written to no more.
class BareSocket {
 public:
  explicit BareSocket(size_t volume_bytes) : bytes_(volume_bytes, 'v') {
    const int server = Connect();
    sender_ = std::thread([this, server] { SendAll(server); });
  }
  ~BareSocket() {
    ::close(client_);
    sender_.join();
  }

  void Receive(const std::vector<int64_t>& shape) {
    const char go = 1;
    if (::send(client_, &go, 1, 0) != 1) Stop("the socket broke");
    for (int i = 0; i < kItems; ++i) {
      torch::Tensor volume = torch::empty(shape, torch::kFloat32);
      char* const place = static_cast<char*>(volume.mutable_data_ptr());
      for (size_t at = 0; at < bytes_.size();) {
        const ssize_t n = ::recv(client_, place + at, bytes_.size() - at, 0);
        if (n <= 0) Stop("the socket broke");
        at += n;
      }
      benchmark::DoNotOptimize(volume);
    }
  }

 private:
  // Sets client_; returns the other end.
  int Connect() {
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    client_ = ::socket(AF_INET, SOCK_STREAM, 0);
    if (::bind(listener, name, length) != 0 || ::listen(listener, 1) != 0 ||
        ::getsockname(listener, name, &length) != 0 || ::connect(client_, name, length) != 0) {
      Stop("no socket on loopback");
    }
    const int server = ::accept(listener, nullptr, nullptr);
    ::close(listener);
    return server;
  }

  void SendAll(int server) {
    char go = 0;
    while (::recv(server, &go, 1, 0) == 1) {
      for (int i = 0; i < kItems; ++i) {
        for (size_t at = 0; at < bytes_.size();) {
          const ssize_t n =
              ::send(server, bytes_.data() + at, std::min(kChunk, bytes_.size() - at), 0);
          if (n <= 0) Stop("the socket broke");
          at += n;
        }
      }
    }
    ::close(server);
  }

  const std::string bytes_;
  int client_ = -1;
  std::thread sender_;
};

void Copy(const std::string& bytes, const std::vector<int64_t>& shape) {
  for (int i = 0; i < kItems; ++i) {
    torch::Tensor volume = torch::empty(shape, torch::kFloat32);
    std::memcpy(volume.mutable_data_ptr(), bytes.data(), bytes.size());
    benchmark::DoNotOptimize(volume);
  }
}

void RegisterShape(Shape3 shape) {
  const std::string name = absl::StrCat(shape[0], "x", shape[1], "x", shape[2]);
  const std::vector<int64_t> tensor = {1, shape[0], shape[1], shape[2]};
  const size_t bytes = sizeof(float) * shape[0] * shape[1] * shape[2];
  RegisterPairs("bare_socket/" + name, [=](benchmark::State& state) {
    const Loader loader(shape);
    LoaderSource source(loader.options());
    BareSocket bare(bytes);
    uint32_t epoch = 0;
    RunPairs(
        state, [&] { Stream(source, epoch++); }, [&] { bare.Receive(tensor); });
  });
  RegisterPairs("memcpy/" + name, [=](benchmark::State& state) {
    const Loader loader(shape);
    LoaderSource source(loader.options());
    const std::string memory(bytes, 'v');
    uint32_t epoch = 0;
    RunPairs(
        state, [&] { Stream(source, epoch++); }, [&] { Copy(memory, tensor); });
  });
}

}  // namespace
}  // namespace gyrus

// The bytes of an epoch are those of 16 volumes: 18 MB and 147 MB.
int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  gyrus::RegisterShape({64, 80, 56});
  gyrus::RegisterShape({128, 160, 112});
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
