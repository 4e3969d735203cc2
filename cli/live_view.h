// Shows the progress of an experiment as a block of lines on a terminal that is updated in
// place.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gyrus/v1/experiments.pb.h"

namespace gyrus::cli {

struct ScreenSize {
  int columns = 80;
  int lines = 24;
};

// The lines of the block, in ASCII. None is wider than the screen, and there are fewer
// than the screen is high. `now` is the present time.
std::vector<std::string> LiveLines(const v1::ExperimentView& view, absl::Time now,
                                   ScreenSize screen);

}  // namespace gyrus::cli
