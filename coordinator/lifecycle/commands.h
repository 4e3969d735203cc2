// The commands that change an experiment, such as Submit or Cancel.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "gyrus/v1/ledger.pb.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/reason.pb.h"
#include "gyrus/v1/record.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

struct Submit {
  std::string request_id;
  v1::ExperimentSpec spec;
  std::string folder;  // As in v1::ExperimentSubmitted.
};

struct AdoptPlan {
  v1::Plan plan;
};

// The experiment cannot be planned.
struct Reject {
  std::vector<v1::Reason> reasons;
};

struct Cancel {};

// Starts the next attempt of a trial. Rank r is placed on gang[r].
struct StartAttempt {
  std::string trial_id;
  std::vector<v1::Placement> gang;
  std::string numeric_kind;
};

struct FinishRank {
  std::string trial_id;
  uint32_t attempt = 0;
  uint32_t rank = 0;
  v1::TrainerFinished finished;
};

struct FailAttempt {
  std::string trial_id;
  uint32_t attempt = 0;
  v1::Reason reason;
  std::vector<v1::Artifact> last_finite;  // Weights, then their checkpoint; or nothing.
  std::string worker_id;                  // On which it failed; empty: not known.
};

// Opens trials that have failed: those that are named, or all.
struct RetryTrials {
  std::vector<std::string> trial_ids;
};

using Command = std::variant<Submit, AdoptPlan, Reject, Cancel, StartAttempt, FinishRank,
                             FailAttempt, RetryTrials>;

}  // namespace gyrus
