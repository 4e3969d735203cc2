#include "core/weights/names.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace gyrus {
namespace {

using PlaceByName = std::map<absl::string_view, size_t>;

PlaceByName PlacesOf(std::span<const TensorName> tensors) {
  PlaceByName places;
  for (size_t i = 0; i < tensors.size(); ++i) places.emplace(tensors[i].name, i);
  return places;
}

bool IsCounter(absl::string_view name) { return absl::EndsWith(name, ".num_batches_tracked"); }

// How much of the file fits under a prefix.
struct Score {
  size_t exact = 0;  // Name and shape.
  size_t named = 0;  // Name only.
};

// The ends of a name that begin behind a dot, the whole first: a.b.c, b.c, c.
template <typename Fn>
void ForEachEnd(absl::string_view name, Fn fn) {
  size_t start = 0;
  while (true) {
    fn(start, name.substr(start));
    const size_t dot = name.find('.', start);
    if (dot == absl::string_view::npos) return;
    start = dot + 1;
  }
}

// Tries every prefix that occurs in the file and counts the tensors that fit behind it.
std::string BestPrefix(std::span<const TensorName> wanted, const PlaceByName& places,
                       std::span<const TensorName> given) {
  std::map<absl::string_view, Score> scores;
  for (const TensorName& tensor : given) {
    ForEachEnd(tensor.name, [&](size_t start, absl::string_view end) {
      const auto found = places.find(end);
      if (found == places.end()) return;
      Score& score = scores[absl::string_view(tensor.name).substr(0, start)];
      ++score.named;
      if (wanted[found->second].shape == tensor.shape) ++score.exact;
    });
  }
  // Among equally good prefixes the shorter one is taken, then the first by name.
  const auto worse = [](const auto& a, const auto& b) {
    return std::tuple(a.second.exact, a.second.named, b.first.size(), b.first) <
           std::tuple(b.second.exact, b.second.named, a.first.size(), a.first);
  };
  const auto best = std::max_element(scores.begin(), scores.end(), worse);
  return best == scores.end() ? std::string() : std::string(best->first);
}

// Kernels of volumes have five axes, those of slices four. The names of both libraries are
// otherwise the same.
Convention ConventionOf(const Match& match, std::span<const TensorName> given) {
  Convention convention = Convention::kNone;
  for (const auto& both : {match.pairs, match.wrong_shapes}) {
    for (const auto& [want, give] : both) {
      const TensorName& tensor = given[give];
      if (tensor.shape.size() == 5) return Convention::kMonai;
      if (tensor.shape.size() == 4) convention = Convention::kTorchvision;
    }
  }
  return convention;
}

absl::string_view ConventionText(Convention convention) {
  switch (convention) {
    case Convention::kTorchvision:
      return "torchvision's names";
    case Convention::kMonai:
      return "MONAI's names";
    case Convention::kNone:
      break;
  }
  return "no known names";
}

}  // namespace

Match MatchNames(std::span<const TensorName> wanted, std::span<const TensorName> given) {
  const PlaceByName places = PlacesOf(wanted);
  Match match{.prefix = BestPrefix(wanted, places, given)};
  std::vector<bool> found(wanted.size(), false);
  for (size_t i = 0; i < given.size(); ++i) {
    absl::string_view name = given[i].name;
    const auto place = absl::StartsWith(name, match.prefix)
                           ? places.find(name.substr(match.prefix.size()))
                           : places.end();
    if (place == places.end()) {
      if (!IsCounter(name)) match.unexpected.push_back(i);
      continue;
    }
    found[place->second] = true;
    const bool same = wanted[place->second].shape == given[i].shape;
    (same ? match.pairs : match.wrong_shapes).emplace_back(place->second, i);
  }
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (!found[i]) match.missing.push_back(i);
  }
  std::sort(match.pairs.begin(), match.pairs.end());
  std::sort(match.wrong_shapes.begin(), match.wrong_shapes.end());
  match.convention = ConventionOf(match, given);
  return match;
}

std::string NearestOf(std::span<const Candidate> candidates, std::span<const TensorName> given) {
  const Candidate* nearest = nullptr;
  Match best;
  // The share is of all wanted tensors, so that a large network does not count as the
  // nearest to every file.
  double best_share = -1;
  for (const Candidate& candidate : candidates) {
    Match match = MatchNames(candidate.wanted, given);
    const size_t all = match.pairs.size() + match.wrong_shapes.size() + match.missing.size() +
                       match.unexpected.size();
    const double share =
        all == 0 ? 0 : (match.pairs.size() + 0.5 * match.wrong_shapes.size()) / all;
    if (share <= best_share) continue;
    nearest = &candidate;
    best_share = share;
    best = std::move(match);
  }
  return absl::StrCat("nearest is ", nearest->title, ": ", best.pairs.size(), " of its ",
                      nearest->wanted.size(), " tensors are among the ", given.size(),
                      " of the file (", ConventionText(best.convention),
                      best.prefix.empty() ? "" : absl::StrCat(" after ", best.prefix), ")");
}

}  // namespace gyrus
