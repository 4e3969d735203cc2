// The one place that maps between absl::Status, by which functions report errors,
// and v1::Reason, by which Gyrus tells a user why an experiment or a trial waits,
// failed or was refused. It also says what kind of reason a code is, and with
// which exit code a program ends for it.
//
// A status code alone does not always tell the reason: UNAVAILABLE may come from a
// data loader or from another rank. Hence ReasonFrom() takes the origin of the error, and
// code that knows more attaches the reason to the status:
//
//   return WithReason(status, v1::REASON_CODE_LEAK);
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/exit_code.h"
#include "gyrus/v1/reason.pb.h"

namespace gyrus {

enum class ReasonClass {
  // The experiment must be changed.
  kSpec,
  // The data must be changed.
  kData,
  // Nothing is wrong: something else must end first.
  kWaiting,
  // The environment did it: a process, a host, a connection or a disk. The same
  // attempt may well succeed later, and the trial is not to blame.
  kPassing,
  // The training itself failed. It would fail again.
  kTraining,
  // An operator asked for it.
  kCancelled,
  // A mistake of Gyrus.
  kInternal,
};

// UNSPECIFIED, and a number that this version does not know, are kInternal.
ReasonClass ClassOf(v1::ReasonCode code);

// The exit code of a program whose experiment was refused or failed for that
// reason. What the experiment's own trials met (kWaiting, kTraining, kCancelled)
// leaves it incomplete.
ExitCode ExitCodeFor(v1::ReasonCode code);

v1::Reason MakeReason(v1::ReasonCode code, absl::string_view message);

// Where an error arose.
enum class ErrorOrigin {
  // In this program, while it read, checked or planned an experiment.
  kExperiment,
  // At a data loader, or on the way to it.
  kLoader,
  // In the training, or in the exchange with the other ranks.
  kTraining,
};

// Attaches the reason to an error, as a payload that Annotate() keeps and gRPC
// does not carry. OK stays OK.
absl::Status WithReason(absl::Status status, v1::ReasonCode code);

// Attaches the reason that the error has where it arose, for callers that do not know
// where that was. OK stays OK.
absl::Status WithReasonOf(absl::Status status, ErrorOrigin origin);

// The attached reason code, or else the one that the status code means at that
// origin. The message is the status' own. `status` must not be OK.
v1::Reason ReasonFrom(const absl::Status& status, ErrorOrigin origin);

}  // namespace gyrus
