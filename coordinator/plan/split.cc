#include "coordinator/plan/split.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/random.h"
#include "common/status.h"
#include "coordinator/plan/class_split.h"

namespace gyrus {
namespace {

// Indices of groups.
using Indices = std::vector<uint32_t>;

Indices Numbers(uint32_t count) {
  Indices numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

// `indices` by stratum; equal strata by lot.
Indices SortByStratum(Indices indices, absl::Span<const double> strata, RandomStream& random) {
  std::vector<std::pair<uint32_t, uint32_t>> lots;  // With the index, so that no two are equal.
  for (const uint32_t index : indices) lots.emplace_back(random.NextUint32(), index);
  std::sort(lots.begin(), lots.end(), [&](const auto& a, const auto& b) {
    return std::tie(strata[a.second], a) < std::tie(strata[b.second], b);
  });
  std::transform(lots.begin(), lots.end(), indices.begin(),
                 [](const auto& lot) { return lot.second; });
  return indices;
}

// Fisher and Yates.
Indices Permutation(uint32_t count, RandomStream& random) {
  Indices order = Numbers(count);
  for (uint32_t i = count; i > 1; --i) std::swap(order[i - 1], order[random.NextBelow(i)]);
  return order;
}

// For each group the fold that tests it.
Indices AssignFolds(uint32_t k, absl::Span<const double> strata, RandomStream random) {
  const uint32_t count = static_cast<uint32_t>(strata.size());
  const Indices sorted = SortByStratum(Numbers(count), strata, random);
  Indices fold_of(count);
  for (uint32_t begin = 0; begin < count; begin += k) {
    const Indices folds = Permutation(k, random);
    for (uint32_t i = begin; i < std::min(begin + k, count); ++i) {
      fold_of[sorted[i]] = folds[i - begin];
    }
  }
  return fold_of;
}

// How many of `rest` groups validate: the nearest number, but some when a
// fraction is asked for at all.
uint64_t ValidationCount(double fraction, size_t rest) {
  if (fraction <= 0) return 0;
  const double count = std::floor(fraction * static_cast<double>(rest) + 0.5);
  return std::max<uint64_t>(1, static_cast<uint64_t>(count));
}

Indices DrawValidation(const Indices& rest, uint64_t count, const Strata& strata,
                       RandomStream random) {
  if (!strata.classes.empty()) return DrawByClass(rest, count, strata.classes, random);
  const Indices sorted = SortByStratum(rest, strata.numbers, random);
  Indices drawn;
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t begin = i * sorted.size() / count;
    const uint64_t end = (i + 1) * sorted.size() / count;
    drawn.push_back(sorted[begin + random.NextBelow(static_cast<uint32_t>(end - begin))]);
  }
  return drawn;
}

absl::Status CheckSizes(const v1::Split& split, size_t groups) {
  const uint32_t k = split.kfold().k();
  if (k < 2 || split.kfold().repeats() < 1) {
    return absl::InvalidArgumentError(absl::StrCat("split.kfold: k is ", k, " and repeats ",
                                                   split.kfold().repeats(),
                                                   "; at least 2 and 1 are needed"));
  }
  if (k > groups) {
    return absl::InvalidArgumentError(
        absl::StrCat("split.kfold.k: ", k, " folds cannot be made of ", groups,
                     " groups of samples that must stay together (by subject, family and '",
                     split.kfold().group(), "'); choose k of at most ", groups));
  }
  const double fraction = split.validation().fraction();
  const size_t rest = groups - (groups + k - 1) / k;  // Groups left by the fold that tests most.
  if (!(fraction >= 0 && fraction < 1) || ValidationCount(fraction, rest) >= rest) {
    return absl::InvalidArgumentError(absl::StrCat("split.validation.fraction: ", fraction,
                                                   " of the ", rest,
                                                   " groups that a fold does not test leaves none "
                                                   "to train on; choose a smaller one, or none"));
  }
  return absl::OkStatus();
}

enum class Part { kTrain, kValidation, kTest, kNone };

v1::Fold ToFold(absl::Span<const Group> groups, const std::vector<Part>& part_of) {
  v1::Fold fold;
  for (size_t g = 0; g < groups.size(); ++g) {
    if (part_of[g] == Part::kNone) continue;
    auto& part = part_of[g] == Part::kTest         ? *fold.mutable_test()
                 : part_of[g] == Part::kValidation ? *fold.mutable_validation()
                                                   : *fold.mutable_train();
    part.Add(groups[g].begin(), groups[g].end());
  }
  for (auto* part : {fold.mutable_train(), fold.mutable_validation(), fold.mutable_test()}) {
    std::sort(part->begin(), part->end());
  }
  return fold;
}

// `part_of` has what is neither trained nor validated on; the rest is divided.
v1::Fold DivideRest(const v1::Split& split, absl::Span<const Group> groups, const Strata& strata,
                    std::vector<Part> part_of, uint32_t repeat, uint32_t number) {
  Indices rest;
  for (uint32_t g = 0; g < groups.size(); ++g) {
    if (part_of[g] == Part::kTrain) rest.push_back(g);
  }
  const uint64_t count = ValidationCount(split.validation().fraction(), rest.size());
  const RandomStream random(split.seed(), "split/validation", uint64_t{repeat} << 32 | number);
  for (const uint32_t g : DrawValidation(rest, count, strata, random)) {
    part_of[g] = Part::kValidation;
  }
  v1::Fold fold = ToFold(groups, part_of);
  fold.set_repeat(repeat);
  fold.set_fold(number);
  return fold;
}

}  // namespace

absl::StatusOr<v1::Fold> SplitTraining(const v1::Split& split, absl::Span<const Group> groups,
                                       const Strata& strata, const std::vector<bool>& left_out,
                                       uint32_t repeat, uint32_t fold) {
  std::vector<Part> part_of(groups.size(), Part::kTrain);
  size_t rest = 0;
  for (size_t g = 0; g < groups.size(); ++g) {
    if (left_out[g]) part_of[g] = Part::kNone;
    rest += !left_out[g];
  }
  const double fraction = split.validation().fraction();
  if (rest == 0 || ValidationCount(fraction, rest) >= rest) {
    return absl::InvalidArgumentError(absl::StrCat(
        "of the ", groups.size(), " groups of samples, ", rest, " are not held out by repeat ",
        repeat, " fold ", fold, "; with split.validation ", fraction, " none is left to train on"));
  }
  return DivideRest(split, groups, strata, std::move(part_of), repeat, fold);
}

absl::StatusOr<std::vector<v1::Fold>> SplitGroups(const v1::Split& split,
                                                  absl::Span<const Group> groups,
                                                  const Strata& strata) {
  GYRUS_RETURN_IF_ERROR(CheckSizes(split, groups.size()));
  const uint32_t k = split.kfold().k();
  std::vector<v1::Fold> folds;
  for (uint32_t repeat = 0; repeat < split.kfold().repeats(); ++repeat) {
    // Each repeat has its own random stream, so that further repeats do not change the
    // earlier ones.
    const RandomStream random(split.seed(), "split", repeat);
    const Indices fold_of = strata.classes.empty() ? AssignFolds(k, strata.numbers, random)
                                                   : AssignFoldsByClass(k, strata.classes, random);
    for (uint32_t f = 0; f < k; ++f) {
      std::vector<Part> part_of(groups.size(), Part::kTrain);
      for (uint32_t g = 0; g < groups.size(); ++g) {
        if (fold_of[g] == f) part_of[g] = Part::kTest;
      }
      folds.push_back(DivideRest(split, groups, strata, std::move(part_of), repeat, f));
    }
  }
  return folds;
}

}  // namespace gyrus
