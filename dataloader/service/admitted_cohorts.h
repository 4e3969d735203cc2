// Remembers the cohorts that this loader has admitted, in memory and on disk.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "gyrus/v1/loader.pb.h"

namespace gyrus {

// One admitted cohort, with its samples by id. Immutable.
class AdmittedCohort {
 public:
  explicit AdmittedCohort(v1::AdmittedCohort cohort);
  const v1::AdmittedCohort& proto() const { return cohort_; }
  // Null if there is no such sample.
  const v1::Sample* Find(const std::string& sample_id) const;

 private:
  const v1::AdmittedCohort cohort_;
  std::map<std::string, const v1::Sample*> samples_;
};

// Cohorts are found by the digest of their sample table. They are stored in
// FOLDER/admitted/, so that a loader can serve them after it was started again.
// Thread-safe.
class AdmittedCohorts {
 public:
  static absl::StatusOr<std::unique_ptr<AdmittedCohorts>> Open(const std::string& folder);

  absl::Status Add(v1::AdmittedCohort cohort) ABSL_LOCKS_EXCLUDED(mu_);
  // FAILED_PRECONDITION: this loader has not admitted the cohort.
  absl::StatusOr<std::shared_ptr<const AdmittedCohort>> Find(const std::string& digest)
      ABSL_LOCKS_EXCLUDED(mu_);

 private:
  explicit AdmittedCohorts(std::string folder) : folder_(std::move(folder)) {}
  std::string PathOf(const std::string& digest) const;

  const std::string folder_;
  absl::Mutex mu_;
  std::map<std::string, std::shared_ptr<const AdmittedCohort>> cohorts_ ABSL_GUARDED_BY(mu_);
};

}  // namespace gyrus
