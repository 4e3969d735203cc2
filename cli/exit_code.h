// The exit code with which a command of `gyrus` reports on an experiment.
// common/exit_code.h has the table of all codes.
#pragma once

#include "common/exit_code.h"  // IWYU pragma: export
#include "google/protobuf/repeated_ptr_field.h"
#include "gyrus/v1/experiments.pb.h"
#include "gyrus/v1/reason.pb.h"

namespace gyrus::cli {

// The exit code of an experiment that was refused: its first reason decides.
ExitCode ExitCodeOf(const google::protobuf::RepeatedPtrField<v1::Reason>& reasons);

// The exit code of an experiment that has ended.
ExitCode ExitCodeOf(const v1::ExperimentView& view);

}  // namespace gyrus::cli
