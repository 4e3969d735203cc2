#include <cmath>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/look_alikes.h"
#include "common/missing.h"
#include "common/text_identity.h"
#include "core/spec/check/check_parts.h"
#include "core/spec/task.h"
#include "core/spec/text.h"
#include "core/volume/labels.h"

namespace gyrus {
namespace {

// These are far beyond any use, and small enough for a layer.
constexpr int kMaxClasses = 1024;
constexpr uint32_t kMaxBins = 4096;

void CheckOutput(const v1::OutputScale& output, const std::string& path, Problems& problems) {
  const bool has_fit = output.fit() != v1::OUTPUT_FIT_UNSPECIFIED;
  const bool has_numbers = output.has_scale() && output.has_offset();
  const bool has_any_number = output.has_scale() || output.has_offset();
  if (has_fit ? has_any_number : !has_numbers) {
    problems.Add(path, "needs train_fold, identity, or both scale and offset");
  }
  if (output.has_scale() && output.scale() == 0) problems.Add(path + ".scale", "must not be 0");
}

void NeedWeight(double weight, const std::string& path, Problems& problems) {
  if (!(weight > 0 && std::isfinite(weight))) {
    problems.Add(path, absl::StrCat("must be above 0, is ", weight));
  }
}

void CheckClassWeights(const v1::Classification& classification, const std::string& path,
                       Problems& problems) {
  const v1::ClassWeights& weights = classification.weights();
  if (weights.fit() != v1::CLASS_WEIGHT_FIT_UNSPECIFIED) {
    if (!weights.of().empty()) {
      problems.Add(path, "needs none, balanced, or {of: [...]}, and one of them only");
    }
    return;
  }
  if (weights.of_size() != classification.classes_size()) {
    problems.Add(path + ".of",
                 absl::StrCat("needs a number for each of the ", classification.classes_size(),
                              " classes, has ", weights.of_size()));
  }
  for (const double weight : weights.of()) NeedWeight(weight, path + ".of", problems);
}

void CheckClassification(const v1::Classification& classification, const std::string& path,
                         Problems& problems) {
  if (classification.target().empty()) {
    problems.Add(path, "target is missing: the column of classes to predict");
  }
  const auto& classes = classification.classes();
  if (classes.empty()) {
    problems.Add(path,
                 "classes is missing: list what stands in the column, such as "
                 "classes: [normal, adverse]");
  } else if (classes.size() < 2 || classes.size() > kMaxClasses) {
    problems.Add(path + ".classes",
                 absl::StrCat("lists ", classes.size(), " of the column's texts; 2 to ",
                              kMaxClasses, " are needed"));
  }
  std::set<std::string> seen;
  LookAlikes looks;
  for (const std::string& name : classes) {
    const std::string text = CanonicalText(name);
    if (!seen.insert(text).second) {
      problems.Add(path + ".classes", absl::StrCat(Quoted(name), " is there twice"));
    }
    if (const auto first = looks.Add(text, 0); first.has_value()) {
      problems.Add(path + ".classes", absl::StrCat(Quoted(first->text), " and ", Quoted(text),
                                                   " look alike but are two texts"));
    }
    if (IsMissing(name)) {
      problems.Add(path + ".classes",
                   absl::StrCat(Quoted(name),
                                " stands for a missing value in tables (docs/experiment.md); give "
                                "the class another name, there too"));
    }
    if (name.find_first_of("\t\r\n") != std::string::npos) {
      problems.Add(path + ".classes", absl::StrCat(Quoted(name), " has a tab or line break"));
    }
  }
  CheckClassWeights(classification, path + ".weights", problems);
  NeedWeight(classification.weight(), path + ".weight", problems);
}

void CheckSoftLabels(const v1::SoftLabels& labels, const std::string& path, Problems& problems) {
  if (labels.target().empty()) {
    problems.Add(path, "target is missing: the column of numbers to predict");
  }
  if (!labels.has_from() || !labels.has_to()) {
    problems.Add(path, "from and to are missing: the range that the bins cover");
  } else if (!(labels.from() < labels.to())) {
    problems.Add(path + ".to",
                 absl::StrCat("must be above the ", labels.from(), " of from, is ", labels.to()));
  }
  if (labels.bins() < 2 || labels.bins() > kMaxBins) {
    problems.Add(path + ".bins",
                 absl::StrCat("must be from 2 to ", kMaxBins, ", is ", labels.bins()));
  }
  NeedWeight(labels.sigma(), path + ".sigma", problems);
  NeedWeight(labels.weight(), path + ".weight", problems);
}

void CheckSegmentation(const v1::Segmentation& segmentation, const std::string& path,
                       Problems& problems) {
  if (!IsName(segmentation.labels())) {
    problems.Add(path, segmentation.labels().empty()
                           ? "labels is missing: the channel of label images"
                           : InvalidName(segmentation.labels()));
  }
  if (segmentation.classes().empty() || segmentation.classes_size() > kMaxClasses) {
    problems.Add(path, "classes is missing: {white_matter: [3]}, values of the label image");
  }
  std::set<uint32_t> seen;
  for (const v1::SegmentationClass& part : segmentation.classes()) {
    const std::string at = absl::StrCat(path, ".classes.", part.name());
    if (!IsName(part.name())) problems.Add(at, InvalidName(part.name()));
    if (part.values().empty()) problems.Add(at, "needs values of the label image: [3]");
    for (const uint32_t value : part.values()) {
      if (value == 0) problems.Add(at, "0 is the background, also outside of the image");
      if (value > kMaxLabel) {
        problems.Add(at,
                     absl::StrCat("label ", value, " is too large: only labels up to ", kMaxLabel,
                                  " can be told apart; number the labels of the ", "images anew"));
      }
      if (!seen.insert(value).second) {
        problems.Add(at, absl::StrCat(value, " is there twice"));
      }
    }
  }
  NeedWeight(segmentation.weight(), path + ".weight", problems);
}

void CheckMissing(const v1::Task& task, const std::string& path, Problems& problems) {
  if (MissingOf(task) != v1::MISSING_MASK) return;
  if (task.has_segmentation() || task.has_reconstruction()) return;
  problems.Add(path + ".missing",
               "mask is for tasks with another output; nothing would be left to train by");
}

void CheckWeighting(const v1::Task& task, const std::string& path, Problems& problems) {
  const int outputs =
      int{HasScalar(task)} + int{task.has_segmentation()} + int{task.has_reconstruction()};
  if (task.weighting() == v1::WEIGHTING_UNCERTAINTY && outputs < 2) {
    problems.Add(path + ".weighting", "uncertainty needs two outputs or more");
  }
}

}  // namespace

void CheckTask(const v1::Task& task, const std::string& path, Problems& problems) {
  if (task.has_regression()) {
    const std::string at = path + ".regression";
    if (task.regression().target().empty()) {
      problems.Add(at, "target is missing: the column of numbers to predict");
    }
    CheckOutput(task.regression().output(), at + ".output", problems);
    NeedWeight(task.regression().weight(), at + ".weight", problems);
    CheckMissing(task, at, problems);
  } else if (task.has_classification()) {
    CheckClassification(task.classification(), path + ".classification", problems);
    CheckMissing(task, path + ".classification", problems);
  } else if (task.has_soft_labels()) {
    CheckSoftLabels(task.soft_labels(), path + ".soft_labels", problems);
    CheckMissing(task, path + ".soft_labels", problems);
  } else if (!task.has_segmentation() && !task.has_reconstruction()) {
    return problems.Add(path, "is missing: {regression: {target: COLUMN}}");
  }
  if (task.has_segmentation()) {
    CheckSegmentation(task.segmentation(), path + ".segmentation", problems);
  }
  if (task.has_reconstruction()) {
    NeedWeight(task.reconstruction().weight(), path + ".reconstruction.weight", problems);
  }
  CheckWeighting(task, path, problems);
}

}  // namespace gyrus
