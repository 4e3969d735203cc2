// The learning rate of each epoch.
#pragma once

#include <cstdint>

#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Returns the learning rate of an epoch, counted from 0.
// Constant and step only multiply, which every machine rounds alike; poly and
// cosine are rounded to float32, where the last bit of a library's pow and cos
// is lost.
double LearningRate(const v1::Train& train, uint32_t epoch);

}  // namespace gyrus
