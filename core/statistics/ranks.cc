#include "core/statistics/ranks.h"

#include <algorithm>
#include <numeric>

namespace gyrus {

size_t Ranks::tied() const { return std::accumulate(ties.begin(), ties.end(), size_t{0}); }

double Ranks::tie_term() const {
  double sum = 0;
  for (const size_t size : ties) {
    const double t = static_cast<double>(size);
    sum += t * t * t - t;
  }
  return sum;
}

Ranks AverageRanks(absl::Span<const double> values) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [values](size_t a, size_t b) {
    return values[a] != values[b] ? values[a] < values[b] : a < b;
  });
  Ranks ranks;
  ranks.of.resize(values.size());
  for (size_t first = 0; first < order.size();) {
    size_t end = first + 1;
    while (end < order.size() && values[order[end]] == values[order[first]]) ++end;
    // Ranks first + 1 to end have this mean.
    const double mean = static_cast<double>(first + 1 + end) / 2;
    for (size_t i = first; i < end; ++i) ranks.of[order[i]] = mean;
    if (end - first > 1) ranks.ties.push_back(end - first);
    first = end;
  }
  return ranks;
}

std::vector<double> Pooled(absl::Span<const absl::Span<const double>> groups) {
  std::vector<double> all;
  for (const absl::Span<const double> group : groups) {
    all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

}  // namespace gyrus
