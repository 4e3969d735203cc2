#include "coordinator/plan/brain_warnings.h"

#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace gyrus {
namespace {

// A brain fills about half of the smallest box around it, and much less of most grids;
// a whole head fills three quarters and more.
constexpr double kMaxForegroundShare = 0.65;
constexpr double kLeastCutToWarn = 0.01;

std::string Percent(double share) {
  const double percent = 100 * share;
  if (percent < 10) return absl::StrFormat("%.1f %%", percent);
  return absl::StrFormat("%.0f %%", std::floor(percent));
}

std::string CohortOf(const v1::Sample& sample) {
  return sample.id().substr(0, sample.id().find('/'));
}

// Sentences about samples, each once for all samples that it is true of.
class Sentences {
 public:
  // `text` describes the first sample of each `kind`; the samples after it are counted.
  void Add(const std::string& kind, const std::function<std::string()>& text) {
    const auto [found, is_new] = places_.try_emplace(kind, sentences_.size());
    if (is_new) sentences_.push_back({.text = text()});
    ++sentences_[found->second].samples;
  }

  // `advice` of a kind stands behind the number of further samples.
  void Advise(const std::string& kind, const std::string& advice) {
    const auto found = places_.find(kind);
    if (found != places_.end()) sentences_[found->second].advice = advice;
  }

  std::vector<std::string> Take() && {
    std::vector<std::string> texts;
    for (Sentence& sentence : sentences_) {
      const size_t more = sentence.samples - 1;
      texts.push_back(absl::StrCat(
          sentence.text,
          more == 0 ? ""
                    : absl::StrCat(" (and ", more, more == 1 ? " more sample" : " more samples",
                                   " likewise)"),
          sentence.advice));
    }
    return texts;
  }

 private:
  struct Sentence {
    std::string text;
    std::string advice = {};
    size_t samples = 0;
  };
  std::vector<Sentence> sentences_;
  std::map<std::string, size_t> places_;
};

void AddImage(const v1::Sample& sample, const v1::Image& image, Sentences& sentences) {
  if (image.foreground_share() == 0 && !image.has_background()) return;  // An image of labels.
  const std::string cohort = CohortOf(sample);
  const std::string name = absl::StrCat(sample.subject_key(), " (", image.channel(), ")");
  const std::string key = absl::StrCat(cohort, "/", image.channel());
  const std::string advice = absl::StrCat(
      ": not skull-stripped? Give images of the brain alone, or masks (cohorts.", cohort, ".mask)");
  if (!sample.has_mask() && !image.has_background()) {
    sentences.Add(key + " none", [&] {
      return absl::StrCat(name,
                          " has no background (one value on most edges of the grid), so that "
                          "every voxel counts as brain");
    });
    sentences.Advise(key + " none", advice);
  } else if (!sample.has_mask() && image.foreground_share() > kMaxForegroundShare) {
    sentences.Add(key + " head", [&] {
      return absl::StrCat(Percent(image.foreground_share()), " of voxels of ", name, " are not ",
                          image.background() == 0
                              ? "zero"
                              : absl::StrCat("the background of ", image.background()));
    });
    sentences.Advise(key + " head", advice);
  }
  if (image.has_background() && image.background() != 0) {
    sentences.Add(key + " background", [&] {
      return absl::StrCat("the background of ", name, " is ", image.background(),
                          " and not zero; voxels of that value count as outside of the brain");
    });
  }
}

void AddMask(const v1::Sample& sample, Sentences& sentences) {
  if (sample.mask().foreground_share() <= kMaxForegroundShare) return;
  const std::string key = CohortOf(sample) + " mask";
  sentences.Add(key, [&] {
    return absl::StrCat("the mask of ", sample.subject_key(), " holds ",
                        Percent(sample.mask().foreground_share()), " of all voxels");
  });
  sentences.Advise(key, ": is it one of the brain?");
}

void AddCuts(const v1::Sample& sample, Sentences& sentences) {
  for (const v1::BrainCut& cut : sample.brain_cuts()) {
    if (cut.share() < kLeastCutToWarn) continue;
    const std::string key = absl::StrCat(CohortOf(sample), " cut ", cut.arms());
    sentences.Add(key, [&] {
      return absl::StrCat("the recipe of ", cut.arms(), " cuts away ", Percent(cut.share()),
                          " of the brain of ", sample.subject_key());
    });
    sentences.Advise(key, ": give crop_or_pad a larger size, or around: brain");
  }
}

}  // namespace

std::vector<std::string> BrainWarnings(const v1::Plan& plan) {
  Sentences sentences;
  std::set<std::string> seen;  // Stages may share samples.
  const auto add = [&](const auto& samples) {
    for (const v1::Sample& sample : samples) {
      if (!seen.insert(sample.id()).second) continue;
      for (const v1::Image& image : sample.images()) AddImage(sample, image, sentences);
      if (sample.has_mask()) AddMask(sample, sentences);
      AddCuts(sample, sentences);
    }
  };
  for (const v1::StagePlan& stage : plan.earlier()) add(stage.plan().samples());
  add(plan.samples());
  add(plan.external());
  return std::move(sentences).Take();
}

}  // namespace gyrus
