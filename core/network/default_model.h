// Fills in the parameters of a network that the experiment file leaves out.
#pragma once

#include "gyrus/v1/spec.pb.h"

namespace gyrus {

void FillModel(v1::Model& model);

}  // namespace gyrus
