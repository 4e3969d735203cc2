// Errors by age group and by site. An empty group is n/a and stays in the table.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/statistics/summary.h"

namespace gyrus {

// Half-open bins between rising edges; the last one holds its upper edge too.
// Thread-compatible.
class Bins {
 public:
  // INVALID_ARGUMENT: fewer than two edges, or they do not rise.
  static absl::StatusOr<Bins> Between(std::vector<double> edges);
  // Those of BASE (Dinsdale et al.): 18, 25, 35, ... 85, 100 years.
  static Bins Base();

  size_t size() const { return edges_.size() - 1; }
  // Absent outside all.
  std::optional<size_t> Of(double value) const;
  // "[18, 25)", the last "[85, 100]".
  std::string Name(size_t bin) const;

 private:
  explicit Bins(std::vector<double> edges) : edges_(std::move(edges)) {}
  std::vector<double> edges_;
};

struct GroupError {
  std::string name;
  size_t n = 0;
  absl::StatusOr<double> mean_absolute_error{};  // n/a: nobody is in it.
  absl::StatusOr<double> mean_error{};
};

struct GroupErrors {
  std::vector<GroupError> groups;
  size_t outside = 0;  // Items in no bin.

  // The MAE of the worst group that has one: BASE's mMAE, of changes its mMAdE.
  absl::StatusOr<double> WorstMeanAbsoluteError() const;
  // Over groups, not over items: where the former is meant, say so.
  absl::StatusOr<Summary> MeanOverGroups(uint32_t ddof) const;
};

// By the bin of `keys`: the ages, which are mostly the targets too.
absl::StatusOr<GroupErrors> ErrorsByBin(const Bins& bins, absl::Span<const double> keys,
                                        absl::Span<const double> targets,
                                        absl::Span<const double> predictions);

// Sites in the order of their names.
absl::StatusOr<GroupErrors> ErrorsBySite(absl::Span<const std::string> sites,
                                         absl::Span<const double> targets,
                                         absl::Span<const double> predictions);

}  // namespace gyrus
