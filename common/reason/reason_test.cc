#include "common/reason/reason.h"

#include <map>
#include <vector>

#include "common/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

constexpr ErrorOrigin kOrigins[] = {ErrorOrigin::kExperiment, ErrorOrigin::kLoader,
                                    ErrorOrigin::kTraining};

std::vector<v1::ReasonCode> AllCodes() {
  std::vector<v1::ReasonCode> codes;
  const auto* const descriptor = v1::ReasonCode_descriptor();
  for (int i = 0; i < descriptor->value_count(); ++i) {
    codes.push_back(static_cast<v1::ReasonCode>(descriptor->value(i)->number()));
  }
  return codes;
}

std::vector<absl::Status> AllErrors() {
  std::vector<absl::Status> errors;
  for (int code = 1; code <= 16; ++code) {
    errors.emplace_back(static_cast<absl::StatusCode>(code), "message");
  }
  return errors;
}

v1::ReasonCode CodeFrom(const absl::Status& status, ErrorOrigin origin) {
  return ReasonFrom(status, origin).code();
}

// One line for each code: a new code needs a line here, and a decision.
TEST(ReasonTest, EveryCodeHasItsClassAndExitCode) {
  using C = ReasonClass;
  const std::map<v1::ReasonCode, std::pair<ReasonClass, int>> expected = {
      {v1::REASON_CODE_UNSPECIFIED, {C::kInternal, 5}},
      {v1::REASON_CODE_BAD_SPEC, {C::kSpec, 2}},
      {v1::REASON_CODE_BAD_DATA, {C::kData, 3}},
      {v1::REASON_CODE_LEAK, {C::kSpec, 2}},
      {v1::REASON_CODE_WAITING_FOR_SLOTS, {C::kWaiting, 1}},
      {v1::REASON_CODE_WAITING_FOR_CHECKPOINT, {C::kWaiting, 1}},
      {v1::REASON_CODE_NUMERIC_KIND, {C::kWaiting, 1}},
      {v1::REASON_CODE_WAITING_FOR_CHECKPOINT, {C::kWaiting, 1}},
      {v1::REASON_CODE_TRAINER_FAILED, {C::kTraining, 1}},
      {v1::REASON_CODE_TRAINER_EXITED, {C::kPassing, 4}},
      {v1::REASON_CODE_PEER_LOST, {C::kPassing, 4}},
      {v1::REASON_CODE_LOADER_LOST, {C::kPassing, 4}},
      {v1::REASON_CODE_WORKER_RESTARTED, {C::kPassing, 4}},
      {v1::REASON_CODE_COORDINATOR_RESTARTED, {C::kPassing, 4}},
      {v1::REASON_CODE_CANCELLED, {C::kCancelled, 1}},
      {v1::REASON_CODE_RANKS_DIFFER, {C::kTraining, 1}},
      {v1::REASON_CODE_STAGE_FAILED, {C::kTraining, 1}},
      {v1::REASON_CODE_ENVIRONMENT, {C::kPassing, 4}},
      {v1::REASON_CODE_INTERNAL, {C::kInternal, 5}},
  };
  EXPECT_EQ(expected.size(), AllCodes().size());
  for (const v1::ReasonCode code : AllCodes()) {
    ASSERT_TRUE(expected.contains(code)) << v1::ReasonCode_Name(code);
    EXPECT_EQ(ClassOf(code), expected.at(code).first) << v1::ReasonCode_Name(code);
    EXPECT_EQ(ExitCodeFor(code), expected.at(code).second) << v1::ReasonCode_Name(code);
  }
  EXPECT_EQ(ClassOf(static_cast<v1::ReasonCode>(9999)), ReasonClass::kInternal);
}

TEST(ReasonTest, EveryErrorHasAReasonWithItsMessage) {
  for (const ErrorOrigin origin : kOrigins) {
    for (const absl::Status& error : AllErrors()) {
      const v1::Reason reason = ReasonFrom(error, origin);
      EXPECT_NE(reason.code(), v1::REASON_CODE_UNSPECIFIED) << error;
      EXPECT_EQ(reason.message(), "message");
    }
  }
}

// A program ends with the same code whether an error stopped it or became the
// reason of its experiment.
TEST(ReasonTest, TheExitCodeOfAnErrorIsThatOfItsReason) {
  for (const absl::Status& error : AllErrors()) {
    if (absl::IsCancelled(error)) continue;  // 130 for a program, 1 for an experiment.
    EXPECT_EQ(ExitCodeFor(CodeFrom(error, ErrorOrigin::kExperiment)), ExitCodeFor(error)) << error;
  }
}

TEST(ReasonTest, AnErrorMeansWhatItMeansWhereItArose) {
  const absl::Status unavailable = absl::UnavailableError("gone");
  EXPECT_EQ(CodeFrom(unavailable, ErrorOrigin::kLoader), v1::REASON_CODE_LOADER_LOST);
  EXPECT_EQ(CodeFrom(unavailable, ErrorOrigin::kTraining), v1::REASON_CODE_PEER_LOST);
  EXPECT_EQ(CodeFrom(unavailable, ErrorOrigin::kExperiment), v1::REASON_CODE_ENVIRONMENT);
  const absl::Status damaged = absl::DataLossError("damaged");
  EXPECT_EQ(CodeFrom(damaged, ErrorOrigin::kLoader), v1::REASON_CODE_BAD_DATA);
  EXPECT_EQ(CodeFrom(damaged, ErrorOrigin::kTraining), v1::REASON_CODE_RANKS_DIFFER);
  EXPECT_EQ(CodeFrom(absl::NotFoundError("no such file"), ErrorOrigin::kLoader),
            v1::REASON_CODE_BAD_DATA);
  EXPECT_EQ(CodeFrom(absl::InternalError("torch"), ErrorOrigin::kTraining),
            v1::REASON_CODE_TRAINER_FAILED);
}

// No error of the environment may become a verdict on the trial.
TEST(ReasonTest, WhatTheEnvironmentDidIsPassingWhereverItArose) {
  for (const ErrorOrigin origin : kOrigins) {
    for (const absl::Status& error :
         {absl::UnavailableError(""), absl::DeadlineExceededError(""),
          absl::ErrnoToStatus(ENOSPC, "writing"), absl::ErrnoToStatus(EDQUOT, "writing"),
          absl::ErrnoToStatus(EMFILE, "opening"), absl::ErrnoToStatus(ECONNRESET, "reading")}) {
      EXPECT_EQ(ClassOf(CodeFrom(error, origin)), ReasonClass::kPassing) << error;
    }
  }
}

TEST(ReasonTest, ADiskOfTheTrainersHostIsTheEnvironment) {
  for (const int error : {ENOSPC, EROFS, EACCES, EIO}) {
    EXPECT_EQ(CodeFrom(absl::ErrnoToStatus(error, "writing"), ErrorOrigin::kTraining),
              v1::REASON_CODE_ENVIRONMENT)
        << absl::ErrnoToStatus(error, "writing");
  }
}

TEST(ReasonTest, TheReasonOfAnOriginStaysWithTheError) {
  const absl::Status lost = WithReasonOf(absl::UnavailableError("gone"), ErrorOrigin::kLoader);
  EXPECT_EQ(CodeFrom(lost, ErrorOrigin::kTraining), v1::REASON_CODE_LOADER_LOST);
  EXPECT_TRUE(WithReasonOf(absl::OkStatus(), ErrorOrigin::kLoader).ok());
}

TEST(ReasonTest, AnAttachedReasonCountsWhateverTheOrigin) {
  const absl::Status leak =
      Annotate(WithReason(absl::FailedPreconditionError("two sides"), v1::REASON_CODE_LEAK), "S1");
  for (const ErrorOrigin origin : kOrigins) {
    EXPECT_EQ(CodeFrom(leak, origin), v1::REASON_CODE_LEAK);
  }
  EXPECT_EQ(ReasonFrom(leak, ErrorOrigin::kExperiment).message(), "S1: two sides");
  EXPECT_TRUE(WithReason(absl::OkStatus(), v1::REASON_CODE_LEAK).ok());
}

}  // namespace
}  // namespace gyrus
