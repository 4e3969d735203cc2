// What is needed to use a network's weights without Gyrus, as JSON beside them.
#pragma once

#include <string>

#include "gyrus/v1/plan.pb.h"

namespace gyrus {

// One object in several lines:
//   {trial, weights, channels, input_shape, spacing_mm, recipe, model, outputs,
//    number?: {target, unit, scale, offset} or {target, unit, from, to, bins},
//    classes?: {target, names}, segmentation?: [name], reconstruction?: channels,
//    slices?, uncertainty, covariates: [{column, mean, sd}], trained_on?: {n, least, most}}
//
//  * prediction = scale * output + offset; of bins, the sum of each one's probability
//    (softmax of the outputs) times its centre.
//  * `recipe` and `model` have the names of the experiment file, and their values those of
//    gyrus/v1/spec.proto. `spacing_mm` is null where the recipe does not resample.
//  * `slices` is the number of slices of a volume, for networks of slices.
//  * `segmentation` begins with the background.
//  * `trained_on` is the range of the number among the training items: what the network
//    says of people outside of it is a guess.
//
// models/python/gyrus_models.py reads it.
std::string ModelJson(const v1::TrialSpec& trial);

}  // namespace gyrus
