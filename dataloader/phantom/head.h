// The anatomy of a synthetic brain: which tissue is at which place, and how age changes
// it.
#pragma once

#include <array>
#include <cstdint>

#include "dataloader/phantom/geometry.h"
#include "dataloader/phantom/subject.h"

namespace gyrus {

// The shares of the tissues at one place. Their sum is 1 inside the brain; outside of it
// all are zero.
struct Tissue {
  double csf = 0;
  double grey = 0;
  double white = 0;

  bool is_brain() const { return csf + grey + white > 0; }
};

// The properties in which heads differ.
//
// With age the ventricles grow, the cortex becomes thinner, and the sulci and the space
// around the brain open. The outline does not change with age: where there was tissue,
// there is CSF. The proportions are coarse on purpose, so that voxels of 3 to 4 mm show
// cortex and sulci. All heads have the same position and orientation, as after
// registration, because two dozen volumes cannot teach a network to ignore them.
struct Head {
  double size = 1;
  // 0 at 20 years and 1 at 80, each with its own deviation from the calendar.
  double ventricle_ageing = 0;
  double cortex_ageing = 0;
  double sulcus_ageing = 0;
  // The phases of the waves that place the folds of the cortex.
  std::array<double, 6> fold_phases = {};
};

Head DrawHead(const PhantomSubject& subject, uint64_t seed);

// The tissue in a voxel with edges of `edge_mm` around the place `room_mm`.
Tissue TissueAt(const Head& head, const Vec3& room_mm, double edge_mm);

}  // namespace gyrus
