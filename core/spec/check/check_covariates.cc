#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/spec/check/check_parts.h"
#include "core/spec/covariates.h"
#include "core/spec/task.h"
#include "core/spec/text.h"

namespace gyrus {
namespace {

constexpr uint32_t kStages = 4;  // A residual network has as many.

// The manifest's own name of a column that the experiment may have given another.
std::string ColumnOf(const v1::Cohort& cohort, const std::string& name) {
  const auto mapped = cohort.columns().find(name);
  return mapped == cohort.columns().end() ? name : mapped->second;
}

}  // namespace

void CheckFilm(const v1::Film& film, const std::string& path, Problems& problems) {
  if (film.columns().empty()) problems.Add(path, "needs columns of the manifest: [icv]");
  std::set<uint32_t> seen;
  for (const uint32_t stage : film.stages()) {
    if (stage < 1 || stage > kStages) {
      problems.Add(path + ".stages", absl::StrCat("must be from 1 to ", kStages, ", is ", stage));
    }
    if (!seen.insert(stage).second) {
      problems.Add(path + ".stages", absl::StrCat(stage, " is there twice"));
    }
  }
}

void CheckTargetLeak(const v1::ArmPlan& arm, const v1::ExperimentSpec& spec,
                     const std::string& path, Problems& problems) {
  for (const std::string& column : CovariateColumns(arm.model())) {
    bool leaks = column == TargetOf(arm.task());
    for (const v1::Cohort& cohort : spec.cohorts()) {
      leaks |= ColumnOf(cohort, column) == ColumnOf(cohort, TargetOf(arm.task()));
    }
    if (leaks) {
      problems.Add(path, absl::StrCat("model.resnet3d.film.columns: ", Quoted(column),
                                      " is the target; the network must not be told it"));
    }
  }
}

}  // namespace gyrus
