#include "core/spec/train_views.h"

namespace gyrus {

v1::SliceViews TrainViews(const v1::ArmPlan& arm) {
  v1::SliceViews views;
  if (arm.train().item() != v1::TRAIN_ITEM_SLICE) return views;
  const v1::Slices& slices = arm.model().slices();
  const uint32_t axis = static_cast<uint32_t>(slices.axis()[0] - 'x');
  views.set_axis(axis);
  views.set_first(slices.from());
  views.set_count(slices.count() > 0 ? slices.count()
                                     : arm.input_shape(static_cast<int>(1 + axis)) - slices.from());
  return views;
}

}  // namespace gyrus
