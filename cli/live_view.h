// An experiment's progress as a block that is drawn again and again.
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

// ASCII lines, none wider than the screen, fewer than it is high. `now`: UTC.
std::vector<std::string> LiveLines(const v1::ExperimentView& view, absl::Time now,
                                   ScreenSize screen);

}  // namespace gyrus::cli
