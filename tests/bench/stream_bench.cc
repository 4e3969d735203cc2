// Volumes from the data loader's cache into a trainer's tensors, over gRPC on
// loopback: against the same bytes through a bare socket, and against copying
// them in memory. The sender is a program of its own.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "benchmark/benchmark.h"
#include "common/files.h"
#include "common/process.h"
#include "common/rpc/channel.h"
#include "common/signing.h"
#include "common/testing/paths.h"
#include "core/volume/nifti.h"
#include "gyrus/v1/loader.grpc.pb.h"
#include "tests/bench/paired.h"
#include "worker/trainer/loader_source.h"
#include "worker/trainer/runtime.h"

namespace gyrus {
namespace {

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

// Volumes of an epoch.
struct Epoch {
  Shape3 shape;
  int items;

  size_t volume_bytes() const { return sizeof(float) * shape[0] * shape[1] * shape[2]; }
  torch::Tensor Empty() const {
    return torch::empty({1, shape[0], shape[1], shape[2]}, torch::kFloat32);
  }
};

std::string Item(int i) { return absl::StrCat("c/s", i, "/1"); }

// gyrus-dataloader with the volumes of an epoch, and a grant to them.
class Loader {
 public:
  explicit Loader(const Epoch& epoch)
      : folder_(absl::StrCat(BinaryDir(), "/stream_bench.", getpid())) {
    WriteCohort(epoch);
    const auto key = Must(SigningKey::LoadOrCreate(folder_ + "/key"));
    StartProgram();
    v1::GrantBody body;
    body.mutable_recipe()->add_steps()->mutable_reorient()->set_to("RAS");
    body.add_channels("T1w");
    body.add_table_digests(Admit());
    body.set_order_seed(1);
    v1::Permit& permit = *body.add_permits();
    permit.set_purpose(v1::PURPOSE_TRAIN);
    for (int i = 0; i < epoch.items; ++i) {
      permit.add_items(Item(i));
      options_.trial.add_train_items()->set_id(Item(i));
    }
    options_.trial.mutable_train()->set_seed(1);
    options_.grant.set_body(body.SerializeAsString());
    options_.grant.set_signature(key.Sign(options_.grant.body()));
    options_.loaders["c"] = address_;
  }

  ~Loader() {
    program_.reset();
    if (!RemoveAll(folder_).ok()) fprintf(stderr, "stream_bench: %s stays\n", folder_.c_str());
  }

  const LoaderSourceOptions& options() const { return options_; }

 private:
  void WriteCohort(const Epoch& epoch) {
    if (!MakeFolders(folder_).ok()) Stop("cannot make " + folder_);
    std::string manifest = "subject,age,T1w\n";
    Volume volume;
    volume.shape = epoch.shape;
    volume.affine = {{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}}};
    for (int i = 0; i < epoch.items; ++i) {
      absl::StrAppend(&manifest, "s", i, ",", 20 + i, ",s", i, ".nii\n");
      volume.voxels.clear();
      for (size_t v = 0; v < epoch.volume_bytes() / sizeof(float); ++v) {
        volume.voxels.push_back(static_cast<float>(i * 1000 + v % 997));
      }
      const std::string path = absl::StrCat(folder_, "/s", i, ".nii");
      if (!WriteFileAtomically(path, SerializeNifti(volume)).ok()) Stop("cannot write " + path);
    }
    if (!WriteFileAtomically(folder_ + "/m.csv", manifest).ok()) Stop("cannot write a manifest");
  }

  void StartProgram() {
    const std::string address_file = folder_ + "/address";
    program_ = std::make_unique<Child>(Must(Child::Start(
        {.arguments = {BinaryDir() + "/bin/gyrus-dataloader", "serve", "--data-root", folder_,
                       "--cache", folder_ + "/cache", "--coordinator-key", folder_ + "/key.pub",
                       "--address-file", address_file, "--end-with-parent"},
         .log_file = folder_ + "/log"})));
    while (::access(address_file.c_str(), F_OK) != 0) {
      if (program_->HasEnded()) Stop("gyrus-dataloader ended; its log is in " + folder_);
      absl::SleepFor(absl::Milliseconds(5));
    }
    address_ = std::string(absl::StripAsciiWhitespace(Must(ReadFile(address_file))));
  }

  std::string Admit() {
    v1::AdmitRequest request;
    request.mutable_cohort()->set_name("c");
    request.mutable_cohort()->set_manifest("m.csv");
    request.add_channels("T1w");
    request.add_numeric_columns("age");
    grpc::ClientContext context;
    const auto stub = v1::DataLoader::NewStub(OpenChannel(address_));
    const auto stream = stub->Admit(&context, request);
    v1::AdmitReply reply;
    while (stream->Read(&reply)) continue;
    if (!stream->Finish().ok() || !reply.has_table()) Stop("the cohort was not admitted");
    return reply.table().digest();
  }

  const std::string folder_;
  std::unique_ptr<Child> program_;
  std::string address_;
  LoaderSourceOptions options_;
};

// One epoch from the loader. Each tensor is dropped when the next has come.
void Stream(LoaderSource& source, uint32_t number, const Epoch& epoch) {
  std::vector<uint32_t> positions(epoch.items);
  for (int i = 0; i < epoch.items; ++i) positions[i] = i;
  source.Queue(v1::PURPOSE_TRAIN, number, positions);
  for (int i = 0; i < epoch.items; ++i) benchmark::DoNotOptimize(Must(source.Next()).volume);
}

// The same amount of bytes, from memory that is written to no more.
class BareSocket {
 public:
  explicit BareSocket(const Epoch& epoch) : epoch_(epoch), bytes_(epoch.volume_bytes(), 'v') {
    const int server = Connect();
    sender_ = ::fork();
    if (sender_ < 0) Stop("cannot fork");
    if (sender_ == 0) {
      ::close(client_);
      SendAll(server);
      ::_exit(0);
    }
    ::close(server);
  }
  ~BareSocket() {
    ::close(client_);
    ::waitpid(sender_, nullptr, 0);
  }

  void Receive() const {
    const char go = 1;
    if (::send(client_, &go, 1, 0) != 1) Stop("the socket broke");
    for (int i = 0; i < epoch_.items; ++i) {
      torch::Tensor volume = epoch_.Empty();
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

  // In the sender, where only system calls are safe.
  void SendAll(int server) const {
    char go = 0;
    while (::recv(server, &go, 1, 0) == 1) {
      for (int i = 0; i < epoch_.items; ++i) {
        for (size_t at = 0; at < bytes_.size();) {
          const ssize_t n =
              ::send(server, bytes_.data() + at, std::min(kChunk, bytes_.size() - at), 0);
          if (n <= 0) return;
          at += n;
        }
      }
    }
  }

  const Epoch epoch_;
  const std::string bytes_;
  int client_ = -1;
  pid_t sender_ = -1;
};

void Copy(const std::string& bytes, const Epoch& epoch) {
  for (int i = 0; i < epoch.items; ++i) {
    torch::Tensor volume = epoch.Empty();
    std::memcpy(volume.mutable_data_ptr(), bytes.data(), bytes.size());
    benchmark::DoNotOptimize(volume);
  }
}

void Register(const Epoch& epoch) {
  const std::string name =
      absl::StrCat(epoch.items, "x", epoch.shape[0], "x", epoch.shape[1], "x", epoch.shape[2]);
  RegisterPairs("bare_socket/" + name, [=](benchmark::State& state) {
    const Loader loader(epoch);
    LoaderSource source(loader.options());
    const BareSocket bare(epoch);
    uint32_t number = 0;
    RunPairs(
        state, [&] { Stream(source, number++, epoch); }, [&] { bare.Receive(); });
  });
  RegisterPairs("memcpy/" + name, [=](benchmark::State& state) {
    const Loader loader(epoch);
    LoaderSource source(loader.options());
    const std::string memory(epoch.volume_bytes(), 'v');
    uint32_t number = 0;
    RunPairs(
        state, [&] { Stream(source, number++, epoch); }, [&] { Copy(memory, epoch); });
  });
}

}  // namespace
}  // namespace gyrus

// An epoch is 147 MB, of small and of large volumes.
int main(int argc, char** argv) {
  gyrus::KeepFreedMemory();
  benchmark::Initialize(&argc, argv);
  gyrus::Register({.shape = {64, 80, 56}, .items = 128});
  gyrus::Register({.shape = {128, 160, 112}, .items = 16});
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
