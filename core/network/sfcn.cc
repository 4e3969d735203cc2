#include "core/network/sfcn.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace gyrus {

NodeId AddSfcn(const v1::Sfcn& spec, NodeId input, uint32_t outputs, GraphBuilder& builder) {
  NodeId x = input;
  const int last = spec.features_size() - 1;
  for (int i = 0; i <= last; ++i) {
    const std::string name = absl::StrCat("feature_extractor.conv_", i);
    x = builder.Conv(x, name + ".0",
                     {.channels = spec.features(i), .kernel = i < last ? 3u : 1u, .bias = true});
    x = builder.Norm(x, name + ".1", {.norm = v1::NORM_BATCH, .affine = true});
    // The names are those of the authors' code, so that published weights fit.
    if (i < last) x = builder.MaxPool(x, name + ".2", 2, 2, 0);
    x = builder.Relu(x, absl::StrCat(name, i < last ? ".3" : ".2"));
  }
  x = builder.AveragePool(x, "classifier.average_pool");
  if (spec.dropout() > 0) x = builder.Dropout(x, "classifier.dropout", spec.dropout());
  x = builder.Conv(x, absl::StrCat("classifier.conv_", last + 1),
                   {.channels = outputs, .kernel = 1, .bias = true});
  return builder.Flatten(x, "classifier.flatten");
}

}  // namespace gyrus
