#include "coordinator/plan/proof.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/digest.h"
#include "common/reason/reason.h"
#include "common/status.h"
#include "coordinator/plan/groups.h"
#include "core/spec/channels.h"

namespace gyrus {
namespace {

using Part = google::protobuf::RepeatedField<uint32_t>;

struct NamedPart {
  absl::string_view name;
  const Part* samples;
};

std::vector<NamedPart> PartsOf(const v1::Fold& fold) {
  return {{"train", &fold.train()}, {"validation", &fold.validation()}, {"test", &fold.test()}};
}

absl::Status LeakError(absl::string_view what) {
  return WithReason(absl::FailedPreconditionError(what), v1::REASON_CODE_LEAK);
}

absl::Status Leak(const v1::Fold& fold, const std::string& what) {
  return LeakError(
      absl::StrCat("proving the split: repeat ", fold.repeat(), " fold ", fold.fold(), ": ", what));
}

// Returns everything of a sample that must not be on two sides, each with its kind
// before it.
std::vector<std::string> KeysOf(const v1::Sample& sample, const std::string& group,
                                const std::set<std::string>& labels) {
  std::vector<std::string> keys = {absl::StrCat("sample ", sample.id()),
                                   absl::StrCat("subject ", sample.subject_key())};
  for (const std::string& column : {std::string("family"), group}) {
    const std::string value = GroupValue(sample, column);
    if (!value.empty()) keys.push_back(absl::StrCat(column, " ", value));
  }
  for (const v1::Image& image : sample.images()) {
    if (labels.contains(image.channel())) continue;
    keys.push_back(absl::StrCat("image with voxel digest ", Hex(image.voxel_digest())));
  }
  return keys;
}

// Records on which side each key was first seen. A key that appears on another side is a
// leak.
absl::Status ProveFold(const v1::Plan& plan, const v1::Fold& fold,
                       const std::set<std::string>& labels) {
  if (fold.train().empty() || fold.test().empty()) {
    return Leak(fold, "there is nothing to train on or to test");
  }
  absl::flat_hash_map<std::string, absl::string_view> side_of;
  std::vector<bool> seen(plan.samples_size());
  int count = 0;
  for (const NamedPart& part : PartsOf(fold)) {
    for (const uint32_t index : *part.samples) {
      if (index >= plan.samples_size()) {
        return Leak(fold, absl::StrCat("there is no sample ", index));
      }
      const v1::Sample& sample = plan.samples(index);
      for (std::string& key : KeysOf(sample, plan.spec().split().kfold().group(), labels)) {
        const auto [side, is_new] = side_of.try_emplace(std::move(key), part.name);
        if (side->second != part.name) {
          return Leak(fold,
                      absl::StrCat(side->first, " is in ", side->second, " and in ", part.name));
        }
      }
      if (seen[index]) return Leak(fold, absl::StrCat("sample ", sample.id(), " comes twice"));
      seen[index] = true;
      ++count;
    }
  }
  if (count != plan.samples_size()) {
    return Leak(fold, absl::StrCat("has ", count, " of ", plan.samples_size(), " samples"));
  }
  return absl::OkStatus();
}

// All of what a fold tests or selects on.
std::set<std::string> HeldOut(const v1::Plan& plan, const v1::Fold& fold,
                              const std::set<std::string>& labels) {
  std::set<std::string> keys;
  for (const Part* const part : {&fold.test(), &fold.validation()}) {
    for (const uint32_t index : *part) {
      for (std::string& key : KeysOf(plan.samples(static_cast<int>(index)), "", labels)) {
        keys.insert(std::move(key));
      }
    }
  }
  return keys;
}

// An earlier stage has either one fold for all folds of the experiment, or one for each of
// them.
absl::Status ProveStage(const v1::Plan& plan, const v1::StagePlan& stage, int number,
                        const std::set<std::string>& labels) {
  const v1::Plan& earlier = stage.plan();
  const v1::Fold& fold = plan.folds(number);
  const v1::Fold& before = earlier.folds(earlier.folds_size() == 1 ? 0 : number);
  const std::set<std::string> held_out = HeldOut(plan, fold, labels);
  for (const Part* const part : {&before.train(), &before.validation()}) {
    for (const uint32_t index : *part) {
      const v1::Sample& sample = earlier.samples(static_cast<int>(index));
      for (const std::string& key : KeysOf(sample, "", labels)) {
        if (!held_out.contains(key)) continue;
        return Leak(fold, absl::StrCat("stage ", stage.name(), " trains before it on ", sample.id(),
                                       ", and it holds out the ", key));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ProveDisjoint(const v1::Plan& plan) {
  const uint32_t k = plan.spec().split().kfold().k();
  const uint64_t expected = uint64_t{k} * plan.spec().split().kfold().repeats();
  if (expected == 0 || plan.folds_size() != expected) {
    return LeakError(absl::StrCat("proving the split: there are ", plan.folds_size(),
                                  " folds instead of ", expected));
  }
  const std::set<std::string> labels = LabelChannels(plan.spec());
  std::vector<uint32_t> tested(plan.samples_size());
  for (int i = 0; i < plan.folds_size(); ++i) {
    const v1::Fold& fold = plan.folds(i);
    if (fold.repeat() != i / k || fold.fold() != i % k) return Leak(fold, "is out of order");
    GYRUS_RETURN_IF_ERROR(ProveFold(plan, fold, labels));
    for (const uint32_t index : fold.test()) {
      if (tested[index]++ != fold.repeat()) {
        return Leak(fold, absl::StrCat("sample ", plan.samples(index).id(),
                                       " is not tested exactly once a repeat"));
      }
    }
  }
  // Every test raised one count by one, each in step with its repeat, so what
  // was left out in the last repeat is all that can still be missing.
  for (int i = 0; i < plan.samples_size(); ++i) {
    if (tested[i] != plan.spec().split().kfold().repeats()) {
      return LeakError(absl::StrCat("proving the split: sample ", plan.samples(i).id(),
                                    " is not tested in every repeat"));
    }
  }
  return absl::OkStatus();
}

absl::Status ProveStagesApart(const v1::Plan& plan) {
  for (const v1::StagePlan& stage : plan.earlier()) {
    std::set<std::string> labels = LabelChannels(plan.spec());
    labels.merge(LabelChannels(stage.plan().spec()));
    for (int fold = 0; fold < plan.folds_size(); ++fold) {
      GYRUS_RETURN_IF_ERROR(ProveStage(plan, stage, fold, labels));
    }
  }
  return absl::OkStatus();
}

absl::Status ProveExternalApart(const v1::Plan& plan) {
  if (plan.external().empty()) return absl::OkStatus();
  std::set<std::string> labels = LabelChannels(plan.spec());
  std::vector<const v1::Plan*> plans = {&plan};
  for (const v1::StagePlan& stage : plan.earlier()) {
    labels.merge(LabelChannels(stage.plan().spec()));
    plans.push_back(&stage.plan());
  }
  std::map<std::string, std::string> external;  // Key -> sample.
  for (const v1::Sample& sample : plan.external()) {
    for (std::string& key : KeysOf(sample, "", labels)) external[std::move(key)] = sample.id();
  }
  for (const v1::Plan* const with : plans) {
    for (const v1::Sample& sample : with->samples()) {
      for (const std::string& key : KeysOf(sample, "", labels)) {
        const auto found = external.find(key);
        if (found == external.end()) continue;
        return LeakError(absl::StrCat("proving the split: ", key, " of ", sample.id(),
                                      " is of the external ", found->second, " too"));
      }
    }
  }
  return absl::OkStatus();
}

std::string SplitHash(const v1::Plan& plan) {
  Sha256 hash;
  // The hash covers names and not positions of samples, so it does not change with the
  // order of rows in a manifest.
  hash.UpdateField("gyrus split 1");
  for (const v1::Fold& fold : plan.folds()) {
    hash.UpdateNumber(fold.repeat()).UpdateNumber(fold.fold());
    for (const NamedPart& part : PartsOf(fold)) {
      hash.UpdateNumber(part.samples->size());
      for (const uint32_t index : *part.samples) hash.UpdateField(plan.samples(index).id());
    }
  }
  if (!plan.external().empty()) hash.UpdateField("external").UpdateNumber(plan.external_size());
  for (const v1::Sample& sample : plan.external()) hash.UpdateField(sample.id());
  return hash.Finish();
}

}  // namespace gyrus
