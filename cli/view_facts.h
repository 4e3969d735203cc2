// What both ways of showing an experiment's progress say.
#pragma once

#include <optional>
#include <string>

#include "google/protobuf/repeated_ptr_field.h"
#include "gyrus/v1/experiments.pb.h"

namespace gyrus::cli {

bool HasEnded(const v1::ExperimentView& view);

struct TrialCounts {
  int pending = 0;
  int running = 0;
  int done = 0;
  int failed = 0;  // Cancelled ones too.
  int all() const { return pending + running + done + failed; }
};
TrialCounts CountTrials(const v1::ExperimentView& view);

// The part of all steps that has been taken, 0 to 1: trials that are over count
// whole.
double DonePart(const v1::ExperimentView& view);

// Until the experiment is through, as far as the running trials can tell: those
// that wait take as long, on as many slots. Absent: none of them can tell.
std::optional<double> SecondsLeft(const v1::ExperimentView& view);

// Why nothing runs although trials wait; empty when that is not so.
std::string WhyNothingRuns(const v1::ExperimentView& view);

// Whether the attempt has reported steps, or only where it began.
bool HasSteps(const v1::TrialProgress& progress);

// "resumed at step 120", or "began at step 0: no checkpoint on this host". Empty
// where there is nothing to say: no earlier attempt did any work.
std::string WhereItBegan(const v1::TrialView& trial);

// "PEER_LOST: rank 1 went away".
std::string Describe(const v1::Reason& reason);

// The same of several, a line each: at most a dozen lines, of which the last
// then says how many are left out.
std::string DescribeAll(const google::protobuf::RepeatedPtrField<v1::Reason>& reasons);

// For people: 12s, 3m20s, 1h05m, 2d03h.
std::string ShortDuration(double seconds);

}  // namespace gyrus::cli
