#include "worker/collective/gloo_collective.h"

#include <dlfcn.h>
#include <gloo/allgather.h>
#include <gloo/allgatherv.h>
#include <gloo/alltoall.h>
#include <gloo/broadcast.h>
#include <gloo/rendezvous/context.h>
#include <gloo/rendezvous/store.h>
#include <gloo/transport/tcp/device.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "worker/collective/gloo_boundary.h"

namespace gyrus {
namespace {

// A key of Gloo's is a word and the number of the rank that sets it: "rank_3"
// for its host's name, "3" for its addresses.
struct Key {
  std::string word;
  size_t rank = 0;
};

// Gloo exchanges addresses through a store of keys such as "rank/3". The rank at the end of
// the key says whose value is wanted.
Key ParseKey(const std::string& key) {
  Key parsed;
  const size_t number = key.find_last_not_of("0123456789") + 1;
  parsed.word = key.substr(0, number);
  if (!absl::SimpleAtoi(key.substr(number), &parsed.rank)) {
    throw gloo::IoException("Gloo asks for the unknown key " + key);
  }
  return parsed;
}

// Gloo's store, on top of Exchange. Every rank sets the same words in the same
// order, so each word is one round, after which all ranks' values are here.
class ExchangeStore final : public gloo::rendezvous::Store {
 public:
  explicit ExchangeStore(ExchangeFn exchange) : exchange_(std::move(exchange)) {}

  void set(const std::string& key, const std::vector<char>& data) override {
    auto values = exchange_(std::string(data.begin(), data.end()));
    if (!values.ok()) {
      status_ = values.status();
      throw gloo::IoException("no rendezvous");
    }
    rounds_[ParseKey(key).word] = *std::move(values);
  }

  std::vector<char> get(const std::string& key) override {
    const Key parsed = ParseKey(key);
    const std::vector<std::string>& values = rounds_[parsed.word];
    if (parsed.rank >= values.size()) {
      throw gloo::IoException("Gloo asks for the unknown key " + key);
    }
    return std::vector<char>(values[parsed.rank].begin(), values[parsed.rank].end());
  }

  using Store::wait;
  // All values of a word came when this rank set its own.
  void wait(const std::vector<std::string>&) override {}

  // Why an exchange failed, if one did.
  const absl::Status& status() const { return status_; }

 private:
  ExchangeFn exchange_;
  std::map<std::string, std::vector<std::string>> rounds_;
  absl::Status status_;
};

class GlooCollective final : public Collective {
 public:
  explicit GlooCollective(std::shared_ptr<gloo::rendezvous::Context> context)
      : context_(std::move(context)) {}

  int rank() const override { return context_->rank; }
  int size() const override { return context_->size; }

  absl::Status AllToAll(absl::Span<const float> send, absl::Span<float> receive) override {
    return Run("exchanging chunks with all ranks", [&] {
      gloo::AlltoallOptions options(context_);
      options.setInput(const_cast<float*>(send.data()), send.size());
      options.setOutput(receive.data(), receive.size());
      gloo::alltoall(options);
    });
  }

  absl::Status AllGather(absl::Span<const float> send, absl::Span<float> receive) override {
    return Run("gathering from all ranks", [&] {
      gloo::AllgatherOptions options(context_);
      options.setInput(const_cast<float*>(send.data()), send.size());
      options.setOutput(receive.data(), receive.size());
      gloo::allgather(options);
    });
  }

  absl::StatusOr<std::vector<std::string>> AllGatherBytes(const std::string& mine) override {
    std::vector<uint64_t> lengths(size());
    std::string all;
    std::vector<std::string> values(size());
    const absl::Status status = Run("gathering bytes from all ranks", [&] {
      uint64_t length = mine.size();
      gloo::AllgatherOptions first(context_);
      first.setInput(&length, 1);
      first.setOutput(lengths.data(), lengths.size());
      gloo::allgather(first);

      std::vector<size_t> counts;
      size_t total = 0;
      for (const uint64_t n : lengths) {
        counts.push_back(n + 1);  // Gloo has no transfers of nothing.
        total += n + 1;
      }
      std::string sent = mine + '\0';
      all.resize(total);
      gloo::AllgathervOptions second(context_);
      second.setInput(sent.data(), sent.size());
      second.setOutput(all.data(), counts);
      gloo::allgatherv(second);
    });
    if (!status.ok()) return status;
    size_t at = 0;
    for (int r = 0; r < size(); ++r) {
      values[r] = all.substr(at, lengths[r]);
      at += lengths[r] + 1;
    }
    return values;
  }

  absl::Status Broadcast(absl::Span<float> values) override {
    if (values.empty()) return absl::OkStatus();  // Gloo has no transfers of nothing.
    return Run("broadcasting from rank 0", [&] { BroadcastFrom0(values.data(), values.size()); });
  }

  absl::StatusOr<std::string> BroadcastBytes(const std::string& mine) override {
    std::string value = rank() == 0 ? mine : "";
    GYRUS_RETURN_IF_ERROR(Run("broadcasting bytes from rank 0", [&] {
      uint64_t length = value.size();
      BroadcastFrom0(&length, 1);
      value.resize(length);
      if (length > 0) BroadcastFrom0(value.data(), length);
    }));
    return value;
  }

 private:
  template <typename T>
  void BroadcastFrom0(T* values, size_t count) {
    gloo::BroadcastOptions options(context_);
    options.setOutput(values, count);
    options.setRoot(0);
    gloo::broadcast(options);
  }

  template <typename Fn>
  absl::Status Run(absl::string_view doing, Fn&& fn) {
    GYRUS_RETURN_IF_ERROR(broken_);  // The first error is for ever.
    broken_ = CallGloo(doing, std::forward<Fn>(fn));
    // Closing the connections is how the peers see it.
    if (!broken_.ok()) context_->closeConnections();
    return broken_;
  }

  const std::shared_ptr<gloo::rendezvous::Context> context_;
  absl::Status broken_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Collective>> JoinGlooGroup(const GlooOptions& options,
                                                          ExchangeFn exchange) {
  ExchangeStore store(std::move(exchange));
  auto group = CallGloo(absl::StrCat("joining the Gloo group as rank ", options.rank),
                        [&]() -> std::unique_ptr<Collective> {
                          gloo::transport::tcp::attr attributes;
                          attributes.hostname = options.host;
                          auto device = gloo::transport::tcp::CreateDevice(attributes);
                          auto context = std::make_shared<gloo::rendezvous::Context>(options.rank,
                                                                                     options.size);
                          context->setTimeout(absl::ToChronoMilliseconds(options.timeout));
                          context->connectFullMesh(store, device);
                          // A rank that left now would look lost to those that
                          // still connect.
                          store.set(absl::StrCat("joined_", options.rank), {});
                          return std::make_unique<GlooCollective>(std::move(context));
                        });
  GYRUS_RETURN_IF_ERROR(store.status());
  return group;
}

absl::Status CheckGloo() {
  Dl_info info = {};
  void* const symbol =
      reinterpret_cast<void*>(static_cast<void (*)(gloo::AlltoallOptions&)>(&gloo::alltoall));
  if (dladdr(symbol, &info) == 0 || info.dli_fname == nullptr ||
      !absl::StrContains(info.dli_fname, "libgloo")) {
    return absl::FailedPreconditionError(absl::StrCat(
        "Gloo's symbols come from ", info.dli_fname == nullptr ? "nowhere" : info.dli_fname,
        ", not from libgloo, which this program was built with"));
  }
  return absl::OkStatus();
}

}  // namespace gyrus
