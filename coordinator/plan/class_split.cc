#include "coordinator/plan/class_split.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <tuple>
#include <utility>

namespace gyrus {
namespace {

constexpr int kTries = 100;

using Indices = std::vector<uint32_t>;

Indices Numbers(size_t count) {
  Indices numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

// How many groups have each class.
std::vector<uint32_t> GroupsOfClasses(absl::Span<const ClassCounts> groups) {
  std::vector<uint32_t> having(groups.empty() ? 0 : groups[0].size());
  for (const ClassCounts& group : groups) {
    for (size_t c = 0; c < having.size(); ++c) having[c] += group[c] > 0;
  }
  return having;
}

// One assignment of all groups to folds, made group by group.
class FoldAssignment {
 public:
  FoldAssignment(uint32_t k, absl::Span<const ClassCounts> groups, RandomStream& random)
      : groups_(groups), having_(GroupsOfClasses(groups)), fold_of_(groups.size(), k) {
    for (size_t g = 0; g < groups.size(); ++g) lots_.push_back(random.NextUint32());
    for (uint32_t f = 0; f < k; ++f) {
      folds_.push_back({ClassCounts(having_.size()), 0, random.NextUint32()});
    }
    Indices classes = Numbers(having_.size());
    std::stable_sort(classes.begin(), classes.end(),
                     [&](uint32_t a, uint32_t b) { return having_[a] < having_[b]; });
    for (const uint32_t c : classes) AssignClass(c);
    AssignRest();
  }

  const Indices& fold_of() const { return fold_of_; }

  // Pairs of a class that every fold could have and a fold that has none of it.
  size_t Gaps() const {
    size_t gaps = 0;
    for (size_t c = 0; c < having_.size(); ++c) {
      if (having_[c] < folds_.size()) continue;
      for (const Fold& fold : folds_) gaps += fold.of_class[c] == 0;
    }
    return gaps;
  }

 private:
  struct Fold {
    ClassCounts of_class;
    uint64_t samples = 0;
    uint32_t lot = 0;
  };

  bool IsDealt(uint32_t group) const { return fold_of_[group] < folds_.size(); }

  void Put(uint32_t group, size_t fold) {
    fold_of_[group] = static_cast<uint32_t>(fold);
    for (size_t c = 0; c < having_.size(); ++c) {
      folds_[fold].of_class[c] += groups_[group][c];
      folds_[fold].samples += groups_[group][c];
    }
  }

  // The groups that are not assigned yet and have the class; large ones first, because
  // small ones even out what large ones leave, and equal ones by lot.
  void AssignClass(uint32_t c) {
    Indices members;
    for (uint32_t g = 0; g < groups_.size(); ++g) {
      if (!IsDealt(g) && groups_[g][c] > 0) members.push_back(g);
    }
    std::sort(members.begin(), members.end(), [&](uint32_t a, uint32_t b) {
      return std::tie(groups_[b][c], lots_[a], a) < std::tie(groups_[a][c], lots_[b], b);
    });
    for (const uint32_t g : members) {
      const auto fewest =
          std::min_element(folds_.begin(), folds_.end(), [&](const Fold& a, const Fold& b) {
            return std::tie(a.of_class[c], a.samples, a.lot) <
                   std::tie(b.of_class[c], b.samples, b.lot);
          });
      Put(g, static_cast<size_t>(fewest - folds_.begin()));
    }
  }

  // Groups of no class, whose samples count as one.
  void AssignRest() {
    Indices rest;
    for (uint32_t g = 0; g < groups_.size(); ++g) {
      if (!IsDealt(g)) rest.push_back(g);
    }
    std::sort(rest.begin(), rest.end(), [&](uint32_t a, uint32_t b) {
      return std::tie(lots_[a], a) < std::tie(lots_[b], b);
    });
    for (const uint32_t g : rest) {
      const auto fewest =
          std::min_element(folds_.begin(), folds_.end(), [](const Fold& a, const Fold& b) {
            return std::tie(a.samples, a.lot) < std::tie(b.samples, b.lot);
          });
      fold_of_[g] = static_cast<uint32_t>(fewest - folds_.begin());
      ++fewest->samples;
    }
  }

  const absl::Span<const ClassCounts> groups_;
  const std::vector<uint32_t> having_;
  Indices fold_of_;
  Indices lots_;
  std::vector<Fold> folds_;
};

// The share of one class in the groups that are drawn.
struct Share {
  Indices members;
  double exact = 0;    // The exact share, before rounding.
  uint64_t least = 0;  // Kept unless nothing else is left.
  uint64_t most = 0;
  uint64_t given = 0;
};

// Divides `rest` by the rarest class of each group; groups of no class come last.
std::vector<Share> SharesOf(absl::Span<const uint32_t> rest, uint64_t count,
                            absl::Span<const ClassCounts> groups) {
  std::vector<ClassCounts> among;
  for (const uint32_t g : rest) among.push_back(groups[g]);
  const std::vector<uint32_t> having = GroupsOfClasses(among);
  std::vector<Share> shares(having.size() + 1);
  for (const uint32_t g : rest) {
    size_t rarest = having.size();
    for (size_t c = 0; c < having.size(); ++c) {
      if (groups[g][c] > 0 && (rarest == having.size() || having[c] < having[rarest])) rarest = c;
    }
    shares[rarest].members.push_back(g);
  }
  const auto can_give = [](const Share& share) { return share.members.size() > 1; };
  const bool one_of_each =
      count >= static_cast<uint64_t>(std::count_if(shares.begin(), shares.end(), can_give));
  for (Share& share : shares) {
    const size_t size = share.members.size();
    share.exact =
        static_cast<double>(count) * static_cast<double>(size) / static_cast<double>(rest.size());
    share.most = size == 0 ? 0 : size - 1;
    share.least = one_of_each && can_give(share) ? 1 : 0;
    share.given = std::clamp(static_cast<uint64_t>(share.exact), share.least, share.most);
  }
  return shares;
}

uint64_t Given(const std::vector<Share>& shares) {
  return std::accumulate(shares.begin(), shares.end(), uint64_t{0},
                         [](uint64_t sum, const Share& share) { return sum + share.given; });
}

// Gives one more, or one fewer, of the class that this brings nearest to its share.
void Adjust(std::vector<Share>& shares, int step) {
  Share* best = nullptr;
  const auto need = [&](const Share& share) {
    return step * (share.exact - static_cast<double>(share.given));
  };
  for (Share& share : shares) {
    const bool may = step > 0 ? share.given < share.most : share.given > share.least;
    if (may && (best == nullptr || need(share) > need(*best))) best = &share;
  }
  if (best == nullptr) {  // Every class is at its bound: the last ones go too.
    for (Share& share : shares) {
      const bool may = step > 0 ? share.given < share.members.size() : share.given > 0;
      if (may && (best == nullptr || need(share) > need(*best))) best = &share;
    }
  }
  best->given += step;
}

}  // namespace

// The assignment is greedy and may miss a fold when groups have several classes. Further tries
// shuffle the order, and the assignment with the fewest gaps is taken.
std::vector<uint32_t> AssignFoldsByClass(uint32_t k, absl::Span<const ClassCounts> groups,
                                         RandomStream random) {
  Indices best;
  size_t fewest_gaps = 0;
  for (int i = 0; i < kTries; ++i) {
    const FoldAssignment assignment(k, groups, random);
    const size_t gaps = assignment.Gaps();
    if (best.empty() || gaps < fewest_gaps) {
      best = assignment.fold_of();
      fewest_gaps = gaps;
    }
    if (fewest_gaps == 0) break;
  }
  return best;
}

std::vector<uint32_t> DrawByClass(absl::Span<const uint32_t> rest, uint64_t count,
                                  absl::Span<const ClassCounts> groups, RandomStream random) {
  std::vector<Share> shares = SharesOf(rest, count, groups);
  while (Given(shares) < count) Adjust(shares, 1);
  while (Given(shares) > count) Adjust(shares, -1);
  Indices drawn;
  for (const Share& share : shares) {
    std::vector<std::pair<uint32_t, uint32_t>> lots;  // With the group: no two are equal.
    for (const uint32_t g : share.members) lots.emplace_back(random.NextUint32(), g);
    std::sort(lots.begin(), lots.end());
    for (uint64_t i = 0; i < share.given; ++i) drawn.push_back(lots[i].second);
  }
  return drawn;
}

}  // namespace gyrus
