#include "core/network/film.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace gyrus {

void FillFilm(v1::Film& film) {
  if (!film.stages().empty()) return;
  film.add_stages(2);
  film.add_stages(3);
}

NodeId AddFilm(const v1::Film& film, uint32_t stage, NodeId x, const std::string& prefix,
               GraphBuilder& builder) {
  const auto& stages = film.stages();
  if (std::find(stages.begin(), stages.end(), stage) == stages.end()) return x;
  const std::string name = absl::StrCat(prefix, "film", stage);
  const NodeId covariates = builder.Covariates(film.columns_size());
  const NodeId ab = builder.Linear(covariates, name, 2 * builder.ChannelsOf(x));
  return builder.Film(x, ab, name + ".film");
}

}  // namespace gyrus
