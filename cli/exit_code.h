// What `gyrus` ends with.
#pragma once

#include "google/protobuf/repeated_ptr_field.h"
#include "gyrus/v1/experiments.pb.h"
#include "gyrus/v1/ledger.pb.h"
#include "gyrus/v1/reason.pb.h"

namespace gyrus::cli {

// docs/cli.md lists them for users.
enum ExitCode {
  kExitValid = 0,
  kExitIncomplete = 1,  // INCOMPLETE or INVALID
  kExitUsage = 2,       // usage or spec
  kExitData = 3,
  kExitUnavailable = 4,
  kExitInternal = 5,
  kExitInterrupted = 130,
};

// Of an experiment that could not be planned: the first reason decides.
ExitCode ExitCodeOf(const google::protobuf::RepeatedPtrField<v1::Reason>& reasons);

// Of an experiment that has ended.
ExitCode ExitCodeOf(const v1::ExperimentView& view);

}  // namespace gyrus::cli
