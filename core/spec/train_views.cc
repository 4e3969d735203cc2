#include "core/spec/train_views.h"

#include "core/network/slices.h"

namespace gyrus {

v1::SliceViews TrainViews(const v1::ArmPlan& arm) {
  v1::SliceViews views;
  if (arm.train().item() != v1::TRAIN_ITEM_SLICE) return views;
  const SliceRange seen =
      SlicesSeen(arm.model().slices(), {arm.input_shape().begin(), arm.input_shape().end()});
  views.set_axis(seen.axis);
  views.set_first(seen.first);
  views.set_count(seen.end - seen.first);
  return views;
}

}  // namespace gyrus
