// Everything that Gyrus knows about one kind of step of a recipe, such as
// "resample": its defaults, its checks, what it does to channels and to their
// shape, and how it is applied to voxels. Each kind is one file pair of this
// folder (resample_step.h) and one line of steps.cc; docs/extending.md says how
// to add another.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/recipe/channel.h"
#include "core/spec/problems.h"
#include "core/volume/volume.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Voxels of a volume, without its place in space.
struct Grid {
  Shape3 shape;
  std::array<double, 3> spacing_mm;
};

// The effect of the steps before the one that is checked.
struct StepsBefore {
  // Channels that are known to be there.
  std::vector<std::string> channels;
  // False where a column of a manifest may be a channel too, so that a name
  // which is not in `channels` may be one all the same.
  bool channels_are_complete = false;
  // The first step after which voxels may be negative, such as "zscore". Empty:
  // there is none.
  std::string negative_since;
};

// A kind has no state: one object serves all steps of its kind, and is
// thread-safe. Each `step` that is passed in is of this kind, with defaults
// filled, except for FillDefaults.
class RecipeStep {
 public:
  virtual ~RecipeStep() = default;

  virtual v1::Step::StepCase kind() const = 0;

  // Part of the name of each cached volume that the step took part in. Increase
  // it whenever Apply gives other bits for the same input; volumes of recipes
  // without this kind of step stay valid.
  virtual uint32_t version() const = 0;

  // Makes every optional value explicit. Doing it twice is doing it once.
  virtual void FillDefaults(v1::Step& /*step*/) const {}

  // Adds a problem for each value that makes no sense. `path` is where the step
  // is written: "recipe.2.ratio".
  virtual void Check(const v1::Step& /*step*/, const StepsBefore& /*before*/,
                     const std::string& /*path*/, Problems& /*problems*/) const {}

  // A sentence, without its full stop, on what is allowed but may not be meant.
  // Empty: there is nothing to say. What has no default is set in `step` only
  // where the operator set it.
  virtual std::string Warning(const v1::Step& /*step*/) const { return ""; }

  // The channels that the step needs by name; none where it works on all alike.
  virtual std::vector<std::string> ChannelsRead(const v1::Step& /*step*/) const { return {}; }
  // The channels that it adds behind those that are there.
  virtual std::vector<std::string> ChannelsMade(const v1::Step& /*step*/) const { return {}; }

  virtual bool MayMakeNegative() const { return false; }

  // The grid that Apply gives to volumes of `grid`.
  virtual Grid GridAfter(const v1::Step& /*step*/, const Grid& grid) const { return grid; }

  // The brain mask on the grid that Apply gives to the channels. A step that changes
  // the grid makes the same of the mask as of labels; no other step needs this.
  virtual Volume MaskAfter(const v1::Step& /*step*/, Volume mask) const { return mask; }

  // Works on canonical (RAS) volumes of one grid and leaves them on one grid. `mask` is
  // the brain on the grid before the step, and the only thing that says what is brain:
  // voxels do not (see core/volume/brain_mask.h).
  // The same input gives the same bits on every machine of a numeric kind.
  // INVALID_ARGUMENT: it cannot be done on these voxels; names the channel.
  virtual absl::Status Apply(const v1::Step& step, const Volume& mask,
                             std::vector<Channel>& channels) const = 0;
};

}  // namespace gyrus
