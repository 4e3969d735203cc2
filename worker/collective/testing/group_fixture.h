// Groups of ranks as threads of one process, over every backend of this machine.
#pragma once

#include <csignal>
#include <functional>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "worker/collective/gloo_collective.h"
#include "worker/collective/local_collective.h"

namespace gyrus {

using RankBody = std::function<void(std::unique_ptr<Collective>)>;

inline void OnThreads(int size, const std::function<void(int)>& body) {
  std::vector<std::thread> threads;
  for (int rank = 0; rank < size; ++rank) threads.emplace_back(body, rank);
  for (std::thread& thread : threads) thread.join();
}

inline void RunLocal(int size, absl::Duration timeout, const RankBody& body) {
  auto group = MakeLocalGroup(size, timeout);
  OnThreads(size, [&](int rank) { body(std::move(group[rank])); });
}

// The coordinator's Exchange, among threads: rounds in which every rank comes.
class Exchange {
 public:
  explicit Exchange(int size) : size_(size) {}
  std::vector<std::string> Arrive(int rank, size_t round, std::string mine) {
    absl::MutexLock lock(&mu_);
    Round& r = rounds_[round];
    r.values.resize(size_);
    r.values[rank] = std::move(mine);
    ++r.arrived;
    const auto all_here = [&r, this] { return r.arrived == size_; };
    mu_.Await(absl::Condition(&all_here));
    return r.values;
  }

 private:
  struct Round {
    std::vector<std::string> values;
    int arrived = 0;
  };
  const int size_;
  absl::Mutex mu_;
  std::map<size_t, Round> rounds_;
};

inline void RunGloo(int size, absl::Duration timeout, const RankBody& body) {
  signal(SIGPIPE, SIG_IGN);
  Exchange exchange(size);
  OnThreads(size, [&](int rank) {
    auto collective = JoinGlooGroup({.rank = rank, .size = size, .timeout = timeout},
                                    [&exchange, rank, round = size_t{0}](std::string mine) mutable {
                                      return exchange.Arrive(rank, round++, std::move(mine));
                                    });
    ASSERT_TRUE(collective.ok()) << collective.status();
    body(*std::move(collective));
  });
}

struct Backend {
  const char* name;
  void (*run)(int size, absl::Duration timeout, const RankBody& body);

  // Prints the name of the backend, which becomes part of a test's name.
  friend void PrintTo(const Backend& backend, std::ostream* out) { *out << backend.name; }
};

inline const Backend kBackends[] = {{"Local", RunLocal}, {"Gloo", RunGloo}};

}  // namespace gyrus
