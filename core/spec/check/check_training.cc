#include <algorithm>
#include <cctype>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "core/spec/arm.h"
#include "core/spec/check/check_parts.h"
#include "core/spec/text.h"

namespace gyrus {
namespace {

// These are far beyond any use, and small enough that counts stay exact.
constexpr uint32_t kMaxRepeats = 1000;
constexpr uint32_t kLargestBatch = 65536;
constexpr uint32_t kMaxCheckpointSeconds = 7 * 24 * 3600;

void NeedAtLeast(uint64_t least, uint64_t value, const std::string& path, Problems& problems) {
  if (value < least) {
    problems.Add(path, absl::StrCat("must be at least ", least, ", is ", value));
  }
}

void Need(bool holds, absl::string_view wanted, double value, const std::string& path,
          Problems& problems) {
  if (!holds) problems.Add(path, absl::StrCat("must be ", wanted, ", is ", value));
}

// Checks that a number fits into float32, in which steps are computed. 0 is allowed,
// because it means never.
void NeedInFloat(double value, const std::string& path, Problems& problems) {
  if (value != 0 && (std::abs(value) < 1e-30 || std::abs(value) > 1e30)) {
    problems.Add(path, absl::StrCat("must be from 1e-30 to 1e30, is ", value));
  }
}

void CheckAdam(const v1::Adam& adam, const std::string& path, Problems& problems) {
  constexpr absl::string_view kPositive = "above 0";
  constexpr absl::string_view kBeta = "at least 0 and below 1";
  Need(adam.lr() > 0, kPositive, adam.lr(), path + ".lr", problems);
  NeedInFloat(adam.lr(), path + ".lr", problems);
  Need(adam.beta1() >= 0 && adam.beta1() < 1, kBeta, adam.beta1(), path + ".beta1", problems);
  Need(adam.beta2() >= 0 && adam.beta2() < 1, kBeta, adam.beta2(), path + ".beta2", problems);
  Need(adam.eps() > 0, kPositive, adam.eps(), path + ".eps", problems);
  Need(adam.weight_decay() >= 0, "at least 0", adam.weight_decay(), path + ".weight_decay",
       problems);
}

void CheckSgd(const v1::Sgd& sgd, const std::string& path, Problems& problems) {
  Need(sgd.lr() > 0, "above 0", sgd.lr(), path + ".lr", problems);
  NeedInFloat(sgd.lr(), path + ".lr", problems);
  Need(sgd.momentum() >= 0 && sgd.momentum() < 1, "at least 0 and below 1", sgd.momentum(),
       path + ".momentum", problems);
  Need(sgd.weight_decay() >= 0, "at least 0", sgd.weight_decay(), path + ".weight_decay", problems);
  if (sgd.nesterov() && sgd.momentum() == 0) {
    problems.Add(path + ".nesterov", "needs a momentum above 0");
  }
}

void CheckOptimizer(const v1::Optimizer& optimizer, const std::string& path, Problems& problems) {
  if (optimizer.has_sgd()) {
    CheckSgd(optimizer.sgd(), path + ".sgd", problems);
  } else if (optimizer.has_adamw()) {
    CheckAdam(optimizer.adamw(), path + ".adamw", problems);
  } else {
    CheckAdam(optimizer.adam(), path + ".adam", problems);
  }
}

void CheckSchedule(const v1::Schedule& schedule, const std::string& path, Problems& problems) {
  if (schedule.has_step()) {
    NeedAtLeast(1, schedule.step().every(), path + ".step.every", problems);
    Need(schedule.step().factor() > 0, "above 0", schedule.step().factor(), path + ".step.factor",
         problems);
  }
  if (schedule.has_poly()) {
    Need(schedule.poly().power() > 0, "above 0", schedule.poly().power(), path + ".poly.power",
         problems);
  }
  if (schedule.has_cosine()) {
    const double least = schedule.cosine().least();
    Need(least >= 0 && least <= 1, "from 0 to 1", least, path + ".cosine.least", problems);
  }
}

// Checks the parts that count in epochs. CheckTrain reports a training of none.
void CheckEpochs(const v1::Train& train, const std::string& path, Problems& problems) {
  const uint32_t epochs = train.epochs(), mean_of = train.select().mean_of();
  NeedAtLeast(1, mean_of, path + ".select.mean_of", problems);
  if (epochs > 0 && mean_of > epochs) {
    problems.Add(path + ".select.mean_of",
                 absl::StrCat("must be at most the ", epochs, " epochs, is ", mean_of));
  }
  if (epochs > 0 && train.warmup() >= epochs) {
    problems.Add(path + ".warmup",
                 absl::StrCat("must be below the ", epochs, " epochs, is ", train.warmup()));
  }
}

void CheckAugment(const v1::Augment& augment, const std::string& path, Problems& problems) {
  if (augment.has_flip()) {
    const std::string& axis = augment.flip().axis();
    if (axis != "x" && axis != "y" && axis != "z") {
      problems.Add(path + ".flip.axis", UnknownWord("axis", axis, {"x", "y", "z"}));
    }
    const double probability = augment.flip().probability();
    Need(probability >= 0 && probability <= 1, "from 0 to 1", probability,
         path + ".flip.probability", problems);
  }
  if (augment.has_shift() && !augment.shift().has_max_voxels()) {
    problems.Add(path + ".shift", "max_voxels is missing: how far the volume may be moved");
  }
}

uint32_t LeavesOf(const v1::Train& train) {
  return train.leaf() == 0 ? 0 : train.batch() / train.leaf() + (train.batch() % train.leaf() > 0);
}

void CheckSlots(uint32_t slots, const v1::Train& train, absl::string_view whose,
                Problems& problems) {
  // CheckTrain reports a batch without leaves.
  if (LeavesOf(train) == 0 || slots <= LeavesOf(train)) return;
  problems.Add("resources.slots_per_trial",
               absl::StrCat("more slots than leaves: ", slots, " slots", whose, ", but a batch of ",
                            train.batch(), " in leaves of ", train.leaf(), " has ", LeavesOf(train),
                            " leaves; take fewer slots, a larger batch or smaller leaves"));
}

void CheckPatterns(const google::protobuf::RepeatedPtrField<std::string>& patterns,
                   const std::string& path, Problems& problems) {
  if (patterns.empty()) problems.Add(path, "needs patterns of tensors: [conv1.*, layer1.*]");
}

void CheckTensorRules(const v1::Train& train, const std::string& path, Problems& problems) {
  for (int i = 0; i < train.freeze_size(); ++i) {
    const std::string at = absl::StrCat(path, ".freeze.", i);
    CheckPatterns(train.freeze(i).tensors(), at + ".tensors", problems);
    if (train.epochs() > 0 && train.freeze(i).epochs() >= train.epochs()) {
      problems.Add(at + ".epochs",
                   absl::StrCat("must be below the ", train.epochs(), " epochs, is ",
                                train.freeze(i).epochs(), "; 0 freezes for all"));
    }
  }
  for (int i = 0; i < train.rates_size(); ++i) {
    const std::string at = absl::StrCat(path, ".rates.", i);
    CheckPatterns(train.rates(i).tensors(), at + ".tensors", problems);
    const double factor = train.rates(i).factor();
    Need(factor > 0 && factor <= 1000, "above 0 and at most 1000", factor, at + ".factor",
         problems);
  }
}

}  // namespace

void CheckInit(const v1::Init& init, const std::string& path, Problems& problems) {
  const bool hex = std::all_of(init.sha256().begin(), init.sha256().end(),
                               [](unsigned char c) { return std::isxdigit(c); });
  if (!init.sha256().empty() && (init.sha256().size() != 64 || !hex)) {
    problems.Add(path + ".sha256", "must be 64 hexadecimal digits");
  }
  if (!init.sha256().empty() && !init.has_weights()) {
    problems.Add(path + ".sha256", "is of a file; weights names none");
  }
  if (!init.skip().empty() && init.has_random()) {
    problems.Add(path + ".skip", "there is nothing to skip: all tensors are initialised at random");
  }
}

void CheckTrain(const v1::Train& train, bool validates, const std::string& path,
                Problems& problems) {
  NeedAtLeast(1, train.epochs(), path + ".epochs", problems);
  NeedAtLeast(1, train.batch(), path + ".batch", problems);
  if (train.batch() > kLargestBatch) {
    problems.Add(path + ".batch",
                 absl::StrCat("must be at most ", kLargestBatch, ", is ", train.batch()));
  }
  NeedAtLeast(1, train.leaf(), path + ".leaf", problems);
  if (train.leaf() > train.batch()) {
    problems.Add(path + ".leaf", absl::StrCat("must be at most the batch of ", train.batch(),
                                              ", is ", train.leaf()));
  }
  CheckOptimizer(train.optimizer(), path + ".optimizer", problems);
  CheckSchedule(train.schedule(), path + ".schedule", problems);
  CheckEpochs(train, path, problems);
  if (!validates && train.stop_after() > 0) {
    problems.Add(path + ".stop_after", "needs validation, and split.validation is none");
  }
  if (!validates && train.select().mean_of() > 1) {
    problems.Add(path + ".select.mean_of", "needs validation, and split.validation is none");
  }
  Need(train.clip_norm() >= 0, "at least 0", train.clip_norm(), path + ".clip_norm", problems);
  NeedInFloat(train.clip_norm(), path + ".clip_norm", problems);
  Need(train.ema() >= 0 && train.ema() < 1, "at least 0 and below 1", train.ema(), path + ".ema",
       problems);
  CheckAugment(train.augment(), path + ".augment", problems);
  CheckTensorRules(train, path, problems);
}

void CheckSplit(const v1::Split& split, Problems& problems) {
  NeedAtLeast(2, split.kfold().k(), "split.kfold.k", problems);
  const uint32_t repeats = split.kfold().repeats();
  if (repeats < 1 || repeats > kMaxRepeats) {
    problems.Add("split.kfold.repeats",
                 absl::StrCat("must be from 1 to ", kMaxRepeats, ", is ", repeats));
  }
  const double fraction = split.validation().fraction();
  Need(fraction >= 0 && fraction < 1, "at least 0 and below 1", fraction,
       "split.validation.fraction", problems);
}

void CheckResources(const v1::ExperimentSpec& spec, Problems& problems) {
  const uint32_t slots = spec.resources().slots_per_trial();
  NeedAtLeast(1, spec.resources().threads_per_slot(), "resources.threads_per_slot", problems);
  if (const uint32_t seconds = spec.resources().checkpoint_seconds();
      seconds > kMaxCheckpointSeconds) {
    problems.Add("resources.checkpoint_seconds",
                 absl::StrCat("must be at most ", kMaxCheckpointSeconds, ", a week, is ", seconds));
  }
  if (slots == 0 || (slots & (slots - 1)) != 0) {
    return problems.Add("resources.slots_per_trial",
                        absl::StrCat("must be a power of two, is ", slots));
  }
  CheckSlots(slots, spec.train(), "", problems);
  for (const v1::Arm& arm : spec.arms()) {
    if (!arm.has_train()) continue;
    CheckSlots(slots, ResolveArm(spec, arm).train(), absl::StrCat(" for arm ", arm.name()),
               problems);
  }
}

}  // namespace gyrus
