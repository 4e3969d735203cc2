// Errors of predictions for each group of ages and for each site. An empty group stays in
// the table, and its errors are undefined.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/statistics/defined.h"
#include "core/statistics/summary.h"

namespace gyrus {

// Half-open bins between ascending edges. The last bin includes its upper edge.
// Thread-compatible.
class Bins {
 public:
  // INVALID_ARGUMENT: there are fewer than two edges, or they do not ascend.
  static absl::StatusOr<Bins> Between(std::vector<double> edges);
  // The bins of BASE (Dinsdale et al.): 18, 25, 35, ... 85, 100 years.
  static Bins Base();

  size_t size() const { return edges_.size() - 1; }
  // The bin that holds `value`; absent if it is outside of all bins.
  std::optional<size_t> Of(double value) const;
  // The name of a bin: "[18, 25)", or for the last one "[85, 100]".
  std::string Name(size_t bin) const;

 private:
  explicit Bins(std::vector<double> edges) : edges_(std::move(edges)) {}
  std::vector<double> edges_;
};

struct GroupError {
  std::string name;
  size_t n = 0;
  Defined<double> mean_absolute_error{};  // Undefined: the group is empty.
  Defined<double> mean_error{};
};

struct GroupErrors {
  std::vector<GroupError> groups;
  size_t outside = 0;  // How many items are in no bin.

  // The largest MAE of a group: the mMAE of BASE, or its mMAdE if the items are changes.
  Defined<double> WorstMeanAbsoluteError() const;
  // The mean over groups, which differs from the mean over items.
  absl::StatusOr<Summary> MeanOverGroups(uint32_t ddof) const;
};

// The errors for each bin of `keys`, for example of the ages, which often are the targets
// too.
absl::StatusOr<GroupErrors> ErrorsByBin(const Bins& bins, absl::Span<const double> keys,
                                        absl::Span<const double> targets,
                                        absl::Span<const double> predictions);

// The errors for each site, in the order of their names.
absl::StatusOr<GroupErrors> ErrorsBySite(absl::Span<const std::string> sites,
                                         absl::Span<const double> targets,
                                         absl::Span<const double> predictions);

}  // namespace gyrus
