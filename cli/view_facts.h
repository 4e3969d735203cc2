// Facts about the progress of an experiment that several displays of it show, computed
// from the v1::ExperimentView that the coordinator sends.
#pragma once

#include <optional>
#include <string>

#include "google/protobuf/repeated_ptr_field.h"
#include "gyrus/v1/experiments.pb.h"

namespace gyrus::cli {

// True for VALID, INCOMPLETE and INVALID.
bool HasEnded(const v1::ExperimentView& view);

struct TrialCounts {
  int pending = 0;
  int running = 0;
  int done = 0;
  int failed = 0;  // Including those that were cancelled.
  int all() const { return pending + running + done + failed; }
};
TrialCounts CountTrials(const v1::ExperimentView& view);

// The share of all training steps that has been done, from 0 to 1. A trial that has
// ended counts as done, also when it failed.
double DonePart(const v1::ExperimentView& view);

// An estimate of the seconds until the experiment ends. It assumes that the waiting
// trials take as long as the running ones, and that as many run at once as now. Absent:
// no running trial has reported how long it will take.
std::optional<double> SecondsLeft(const v1::ExperimentView& view);

// The reason why no trial of an experiment runs, or why it is not planned yet. Empty if
// one runs, or if there is nothing to wait for but the next attempt. A reason of the
// ordinary kind, such as a worker that has yet to come, comes without its code.
std::string WhyNothingRuns(const v1::ExperimentView& view);

// The passing fault because of which nothing of the experiment goes on, such as a full
// disk. Empty: something goes on, or something else is the reason.
std::string WhatHoldsAll(const v1::ExperimentView& view);

// Whether the attempt has reported steps, or only where it began.
bool HasSteps(const v1::TrialProgress& progress);

// "resumed at step 120", or "began at step 0: no checkpoint on this host". Empty
// where there is nothing to say: no earlier attempt did any work.
std::string WhereItBegan(const v1::TrialView& trial);

// "PEER_LOST: rank 1 went away".
std::string Describe(const v1::Reason& reason);

// Describes several reasons, one in each line. At most twelve lines; the last then says
// how many are left out.
std::string DescribeAll(const google::protobuf::RepeatedPtrField<v1::Reason>& reasons);

// A duration for people: 12s, 3m20s, 1h05m, 2d03h.
std::string ShortDuration(double seconds);

}  // namespace gyrus::cli
