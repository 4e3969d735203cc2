// Two ways of doing the same, timed in turns, so that whatever else the machine
// does meets both.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"

namespace gyrus {

template <typename Fn>
double SecondsOf(Fn&& fn) {
  const auto start = std::chrono::steady_clock::now();
  fn();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Value `rank` (from 0) in order of size.
inline double OrderStatistic(std::vector<double> values, size_t rank) {
  std::nth_element(values.begin(), values.begin() + rank, values.end());
  return values[rank];
}

inline double Median(const std::vector<double>& values) {
  return OrderStatistic(values, values.size() / 2);
}

// Seconds of pairs that were taken one after the other.
struct Pairs {
  std::vector<double> ours;
  std::vector<double> other;

  std::vector<double> Ratios() const {
    std::vector<double> ratios;
    for (size_t i = 0; i < ours.size(); ++i) ratios.push_back(ours[i] / other[i]);
    return ratios;
  }
};

// Counters: medians in milliseconds, the median of ours/other, and the order
// statistics that hold the true median in 95 % of such runs (normal
// approximation of the binomial; for 20 pairs and more).
inline void Tell(const Pairs& pairs, benchmark::State& state) {
  const std::vector<double> ratios = pairs.Ratios();
  const double n = static_cast<double>(ratios.size());
  const double reach = 0.98 * std::sqrt(n);  // 1.96 SD of a fair coin's heads
  const auto low = static_cast<size_t>(std::max(0.0, std::floor(n / 2 - reach)));
  const auto high = static_cast<size_t>(std::min(n - 1, std::ceil(n / 2 + reach)));
  state.counters["ours_ms"] = Median(pairs.ours) * 1e3;
  state.counters["other_ms"] = Median(pairs.other) * 1e3;
  state.counters["ratio"] = Median(ratios);
  state.counters["ratio_low"] = OrderStatistic(ratios, low);
  state.counters["ratio_high"] = OrderStatistic(ratios, high);
}

// One pair an iteration, each first in every second pair.
template <typename Ours, typename Other>
void RunPairs(benchmark::State& state, Ours&& ours, Other&& other) {
  ours();
  other();
  Pairs pairs;
  bool ours_first = true;
  for (auto _ : state) {
    if (ours_first) pairs.ours.push_back(SecondsOf(ours));
    pairs.other.push_back(SecondsOf(other));
    if (!ours_first) pairs.ours.push_back(SecondsOf(ours));
    state.SetIterationTime(pairs.ours.back());
    ours_first = !ours_first;
  }
  Tell(pairs, state);
}

constexpr int kPairs = 41;

// Registers `fn(state)`, which calls RunPairs.
template <typename Fn>
void RegisterPairs(const std::string& name, Fn fn, int pairs = kPairs) {
  benchmark::RegisterBenchmark(name.c_str(), fn)
      ->Iterations(pairs)
      ->UseManualTime()
      ->Unit(benchmark::kMillisecond);
}

}  // namespace gyrus
