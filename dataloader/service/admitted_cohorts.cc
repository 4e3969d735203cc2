#include "dataloader/service/admitted_cohorts.h"

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/files.h"
#include "common/status.h"

namespace gyrus {

AdmittedCohort::AdmittedCohort(v1::AdmittedCohort cohort) : cohort_(std::move(cohort)) {
  for (const v1::Sample& sample : cohort_.table().samples()) samples_[sample.id()] = &sample;
}

const v1::Sample* AdmittedCohort::Find(const std::string& sample_id) const {
  const auto found = samples_.find(sample_id);
  return found == samples_.end() ? nullptr : found->second;
}

absl::StatusOr<std::unique_ptr<AdmittedCohorts>> AdmittedCohorts::Open(const std::string& folder) {
  const std::string admitted = absl::StrCat(folder, "/admitted");
  GYRUS_RETURN_IF_ERROR(MakeFolders(admitted));
  return std::unique_ptr<AdmittedCohorts>(new AdmittedCohorts(admitted));
}

std::string AdmittedCohorts::PathOf(const std::string& digest) const {
  return absl::StrCat(folder_, "/", Hex(digest), ".pb");
}

absl::Status AdmittedCohorts::Add(v1::AdmittedCohort cohort) {
  const std::string digest = cohort.table().digest();
  GYRUS_RETURN_IF_ERROR(WriteFileAtomically(PathOf(digest), cohort.SerializeAsString()));
  auto shared = std::make_shared<const AdmittedCohort>(std::move(cohort));
  absl::MutexLock lock(&mu_);
  cohorts_[digest] = std::move(shared);
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const AdmittedCohort>> AdmittedCohorts::Find(
    const std::string& digest) {
  {
    absl::MutexLock lock(&mu_);
    if (const auto found = cohorts_.find(digest); found != cohorts_.end()) return found->second;
  }
  const auto bytes = ReadFile(PathOf(digest));
  v1::AdmittedCohort cohort;
  if (!bytes.ok() || !cohort.ParseFromString(*bytes)) {
    return absl::FailedPreconditionError(
        "the cohort was never admitted by this loader; submit the experiment again");
  }
  auto shared = std::make_shared<const AdmittedCohort>(std::move(cohort));
  absl::MutexLock lock(&mu_);
  return cohorts_[digest] = std::move(shared);
}

}  // namespace gyrus
