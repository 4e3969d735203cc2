#include "core/recipe/ratio_step.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/proto_default.h"
#include "common/status.h"
#include "core/spec/text.h"
#include "core/volume/intensity.h"

namespace gyrus {
namespace {

void CheckNumbers(const v1::Ratio& ratio, const std::string& path, Problems& problems) {
  const auto& clip = ratio.clip_percentiles();
  if (clip.size() != 2 || !(clip[0] >= 0 && clip[0] < clip[1] && clip[1] <= 100)) {
    problems.Add(path + ".clip_percentiles",
                 "needs two rising percentiles from 0 to 100, for example [0.5, 99.5]");
  }
  if (!(ratio.guard() >= 0 && ratio.guard() < 1)) {
    problems.Add(path + ".guard",
                 absl::StrCat("must be at least 0 and below 1, is ", ratio.guard()));
  }
}

void CheckChannels(const v1::Ratio& ratio, const StepsBefore& before, const std::string& path,
                   Problems& problems) {
  const auto is_there = [&before](const std::string& name) {
    return std::count(before.channels.begin(), before.channels.end(), name) > 0;
  };
  if (ratio.of_size() != 2) {
    problems.Add(path + ".of", "needs two channels, for example [T1w, T2w]");
  }
  for (const std::string& of : ratio.of()) {
    if (!IsName(of)) {
      problems.Add(path + ".of", InvalidName(of));
    } else if (before.channels_are_complete && !is_there(of)) {
      problems.Add(path + ".of", UnknownWord("channel", of, before.channels));
    }
  }
  const bool names_itself = std::count(ratio.of().begin(), ratio.of().end(), ratio.name()) > 0;
  if (!IsName(ratio.name())) {
    problems.Add(path, ratio.name().empty() ? "name is missing: what the new channel is called"
                                            : InvalidName(ratio.name()));
  } else if (is_there(ratio.name()) || names_itself) {
    problems.Add(path + ".name",
                 absl::StrCat("there is a channel ", Quoted(ratio.name()), " before this step"));
  }
}

// INVALID_ARGUMENT: there is no such channel.
absl::StatusOr<const Volume*> FindVolume(const std::vector<Channel>& channels,
                                         const std::string& name) {
  for (const Channel& channel : channels) {
    if (channel.name == name) return &channel.volume;
  }
  return absl::InvalidArgumentError(absl::StrCat("there is no channel ", name));
}

absl::StatusOr<Volume> Quotient(const v1::Ratio& ratio, const Volume& mask,
                                const std::vector<Channel>& channels) {
  GYRUS_ASSIGN_OR_RETURN(const Volume* const above, FindVolume(channels, ratio.of(0)));
  GYRUS_ASSIGN_OR_RETURN(const Volume* const below, FindVolume(channels, ratio.of(1)));
  return Ratio(*above, *below, mask, ratio);
}

class RatioOfChannels final : public RecipeStep {
 public:
  v1::Step::StepCase kind() const override { return v1::Step::kRatio; }
  uint32_t version() const override { return 2; }

  // Ratio.calibrate has no default: its absence means none, with a warning.
  void FillDefaults(v1::Step& step) const override {
    v1::Ratio& ratio = *step.mutable_ratio();
    if (ratio.clip_percentiles().empty()) {
      ratio.add_clip_percentiles(0.5);
      ratio.add_clip_percentiles(99.5);
    }
    GYRUS_DEFAULT(ratio, guard, 0.1);
  }

  void Check(const v1::Step& step, const StepsBefore& before, const std::string& path,
             Problems& problems) const override {
    if (!before.negative_since.empty()) {
      problems.Add(path, absl::StrCat("must come before ", before.negative_since,
                                      ", which makes values negative"));
    }
    CheckNumbers(step.ratio(), path, problems);
    CheckChannels(step.ratio(), before, path, problems);
  }

  std::string Warning(const v1::Step& step) const override {
    const v1::Ratio& ratio = step.ratio();
    if (ratio.calibrate() != v1::RATIO_CALIBRATION_UNSPECIFIED) return "";
    return absl::StrCat("ratio ", ratio.name(), " has no calibration; medians of raw ",
                        absl::StrJoin(ratio.of(), "/"),
                        " ratios differ between scanners and subjects several-fold; set calibrate: "
                        "median, or calibrate: none to say that this is meant");
  }

  std::vector<std::string> ChannelsRead(const v1::Step& step) const override {
    return {step.ratio().of().begin(), step.ratio().of().end()};
  }
  std::vector<std::string> ChannelsMade(const v1::Step& step) const override {
    return {step.ratio().name()};
  }

  absl::Status Apply(const v1::Step& step, const Volume& mask,
                     std::vector<Channel>& channels) const override {
    const v1::Ratio& ratio = step.ratio();
    absl::StatusOr<Volume> quotient = Quotient(ratio, mask, channels);
    if (!quotient.ok()) {
      return Annotate(quotient.status(), absl::StrCat("ratio ", ratio.name()));
    }
    channels.push_back({.name = ratio.name(), .volume = *std::move(quotient)});
    return absl::OkStatus();
  }
};

}  // namespace

const RecipeStep& RatioStep() {
  static const RatioOfChannels step;
  return step;
}

}  // namespace gyrus
