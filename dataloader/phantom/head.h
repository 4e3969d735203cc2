// A brain as a function of place: which tissue is where.
#pragma once

#include <array>
#include <cstdint>

#include "dataloader/phantom/geometry.h"
#include "dataloader/phantom/subject.h"

namespace gyrus {

// Shares of a place; all zero outside the brain, else their sum is 1.
struct Tissue {
  double csf = 0;
  double grey = 0;
  double white = 0;

  bool is_brain() const { return csf + grey + white > 0; }
};

// What makes one head different from another.
//
// With age the ventricles grow, the cortex thins, and the sulci and the space
// around the brain open. The outline does not know age: what tissue loses is
// CSF. Proportions are coarse on purpose: cortex and sulci are drawn so that
// voxels of 3 to 4 mm show them. All heads stand alike around the room's
// origin, as after registration: two dozen volumes teach a network no pose.
struct Head {
  double size = 1;
  // 0 at 20 years and 1 at 80, each with its own deviation from the calendar.
  double ventricle_ageing = 0;
  double cortex_ageing = 0;
  double sulcus_ageing = 0;
  // Where the folds lie.
  std::array<double, 6> fold_phases = {};
};

Head DrawHead(const PhantomSubject& subject, uint64_t seed);

// Tissue at `room_mm` as a voxel of `edge_mm` sees it.
Tissue TissueAt(const Head& head, const Vec3& room_mm, double edge_mm);

}  // namespace gyrus
