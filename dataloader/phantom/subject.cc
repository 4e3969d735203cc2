#include "dataloader/phantom/subject.h"

#include <cmath>
#include <numeric>
#include <utility>

#include "absl/strings/str_format.h"
#include "common/random.h"

namespace gyrus {
namespace {

// 0 .. n-1 in random order (Fisher and Yates).
std::vector<int> Shuffled(int n, RandomStream random) {
  std::vector<int> order(n);
  std::iota(order.begin(), order.end(), 0);
  for (int i = n - 1; i > 0; --i) std::swap(order[i], order[random.NextBelow(i + 1)]);
  return order;
}

// Rank r gets a random age within the r-th of n equal parts of the range, so that ages
// cover the range evenly.
double AgeOfRank(const PhantomOptions& options, int rank) {
  RandomStream random(options.seed, "phantom age", rank);
  const double part = (rank + random.NextUnit()) / options.subjects;
  const double years =
      options.youngest_years + (options.oldest_years - options.youngest_years) * part;
  return std::floor(years * 10 + 0.5) / 10;
}

// Sites of all subjects, from the youngest to the oldest.
std::vector<int> SitesByAge(const PhantomOptions& options) {
  std::vector<int> sites;
  for (int run = 0; static_cast<int>(sites.size()) < options.subjects; ++run) {
    const std::vector<int> order =
        Shuffled(options.sites, RandomStream(options.seed, "phantom site order", run));
    sites.insert(sites.end(), order.begin(), order.end());
  }
  return sites;  // The last run may be longer than the cohort.
}

// Neighbours in age share their random numbers, one with u and the other with 1 - u. The
// nuisances of a pair therefore balance exactly.
void DrawNuisances(const PhantomOptions& options, int rank, PhantomSubject& subject) {
  RandomStream random(options.seed, "phantom pair", rank / 2);
  const auto draw = [&random, second = rank % 2 == 1](double low, double high) {
    const double u = random.NextUnit();
    return low + (high - low) * (second ? 1 - u : u);
  };
  subject.male = draw(-1, 1) > 0;
  subject.head_size = draw(0.98, 1.01) + (subject.male ? 0.01 : 0);
  for (int c = 0; c < kContrasts; ++c) {
    subject.gain[c] = draw(0.6, 1.4);
    subject.variation[c] = draw(0.27, 0.35);
  }
}

}  // namespace

std::vector<PhantomSubject> DrawSubjects(const PhantomOptions& options) {
  const std::vector<int> index_of_rank =
      Shuffled(options.subjects, RandomStream(options.seed, "phantom id"));
  const std::vector<int> sites = SitesByAge(options);
  std::vector<PhantomSubject> subjects(options.subjects);
  for (int rank = 0; rank < options.subjects; ++rank) {
    PhantomSubject& subject = subjects[index_of_rank[rank]];
    subject.index = index_of_rank[rank];
    subject.id = absl::StrFormat("sub-%03d", subject.index + 1);
    subject.age_years = AgeOfRank(options, rank);
    subject.site = sites[rank];
    DrawNuisances(options, rank, subject);
  }
  return subjects;
}

}  // namespace gyrus
