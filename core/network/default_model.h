// What a network has that the operator did not say.
#pragma once

#include "gyrus/v1/spec.pb.h"

namespace gyrus {

void FillModel(v1::Model& model);

}  // namespace gyrus
