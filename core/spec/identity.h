// Decides whether two experiment files describe the same experiment.
#pragma once

#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// The spec without what changes neither its result nor what is computed for it:
// how often resume checkpoints are written. Two experiments whose identities are
// equal are the same experiment, so a run continues where one of them stopped.
inline v1::ExperimentSpec IdentityOf(v1::ExperimentSpec spec) {
  if (spec.has_resources()) spec.mutable_resources()->clear_checkpoint_seconds();
  return spec;
}

}  // namespace gyrus
