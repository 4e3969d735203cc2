// Learning curves for people and for other programs.
#pragma once

#include <string>

#include "gyrus/v1/experiments.pb.h"

namespace gyrus {

// The curves as a table, in the order given: a header, and then a line for each finished
// epoch.
//
//   trial<TAB>epoch<TAB>attempt<TAB>train_loss<TAB>validation_loss<TAB>learning_rate<TAB>seconds
//
// Epochs count from 1. Numbers have the fewest digits that read back as the same double;
// "n/a" is what is absent or not a number.
std::string FormatCurves(const v1::Curves& curves);

// For a terminal: a line for each trial, with its first, best and last losses and small
// pictures of both curves. A picture has one sign for each epoch, or for as many epochs
// as are needed to make it 40 signs wide; its signs are as high as the loss is between
// the smallest and the largest one of the curve.
std::string DescribeCurves(const v1::Curves& curves);

// {trials: [{id, epochs: [{epoch, attempt, train_loss, validation_loss, learning_rate,
//                          seconds}]}]}, in one line. Epochs count from 1.
std::string CurvesToJson(const v1::Curves& curves);

}  // namespace gyrus
