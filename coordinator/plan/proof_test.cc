#include "coordinator/plan/proof.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "common/digest.h"
#include "coordinator/plan/make_plan.h"
#include "coordinator/plan/testing/plan_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

v1::Plan MakeProvedPlan() {
  v1::ExperimentSpec spec = MakeSpec(3, 2);
  spec.mutable_split()->mutable_validation()->set_fraction(0.25);
  const auto plan = MakePlan(spec, std::vector{MakeTable(9)}, FakeNetworkCost);
  EXPECT_TRUE(plan.ok()) << plan.status();
  return *plan;
}

using Part = google::protobuf::RepeatedField<uint32_t>;

// Moves the last sample of `from` to `to`.
void Move(Part& from, Part& to) {
  to.Add(from.Get(from.size() - 1));
  from.RemoveLast();
}

bool Contains(const Part& part, uint32_t sample) {
  return std::find(part.begin(), part.end(), sample) != part.end();
}

void MoveSample(uint32_t sample, Part& from, Part& to) {
  from.erase(std::find(from.begin(), from.end(), sample));
  to.Add(sample);
}

TEST(ProofTest, ASoundSplitIsProved) { EXPECT_TRUE(ProveDisjoint(MakeProvedPlan()).ok()); }

TEST(ProofTest, EveryKindOfLeakIsFound) {
  struct Case {
    const char* found;
    std::function<void(v1::Plan&)> leak;
  };
  // Sample `a` is trained on and `b` tested in the first fold.
  const auto a = [](v1::Plan& p) { return p.mutable_samples(p.folds(0).train(0)); };
  const auto b = [](v1::Plan& p) { return p.mutable_samples(p.folds(0).test(0)); };
  const auto v = [](v1::Plan& p) { return p.mutable_samples(p.folds(0).validation(0)); };
  const auto first = [](v1::Plan& p) { return p.mutable_folds(0); };
  const std::vector<Case> cases = {
      {"subject infants", [=](v1::Plan& p) { a(p)->set_subject_key(b(p)->subject_key()); }},
      {"subject infants", [=](v1::Plan& p) { v(p)->set_subject_key(b(p)->subject_key()); }},
      {"subject infants", [=](v1::Plan& p) { v(p)->set_subject_key(a(p)->subject_key()); }},
      {"family f is in train and in test",
       [=](v1::Plan& p) {
         a(p)->set_family_key("f");
         b(p)->set_family_key("f");
       }},
      {"site north is in train and in test",
       [=](v1::Plan& p) {
         p.mutable_spec()->mutable_split()->mutable_kfold()->set_group("site");
         a(p)->set_site("north");
         b(p)->set_site("north");
       }},
      {"image with voxel digest",
       [=](v1::Plan& p) {
         a(p)->mutable_images(0)->set_voxel_digest(b(p)->images(1).voxel_digest());
       }},
      {"sample infants", [=](v1::Plan& p) { first(p)->add_train(first(p)->test(0)); }},
      {"comes twice", [=](v1::Plan& p) { first(p)->add_train(first(p)->train(0)); }},
      {"has 8 of 9 samples", [=](v1::Plan& p) { first(p)->mutable_train()->RemoveLast(); }},
      {"there is no sample 9", [=](v1::Plan& p) { first(p)->add_train(9); }},
      {"nothing to train on",
       [=](v1::Plan& p) {
         while (first(p)->train_size() > 0) {
           Move(*first(p)->mutable_train(), *first(p)->mutable_validation());
         }
       }},
      {"nothing to train on or to test",
       [=](v1::Plan& p) {
         while (first(p)->test_size() > 0) {
           Move(*first(p)->mutable_test(), *first(p)->mutable_train());
         }
       }},
      // Still a partition, but tested twice, or never in the last repeat.
      {"not tested exactly once",
       [=](v1::Plan& p) { Move(*first(p)->mutable_train(), *first(p)->mutable_test()); }},
      {"not tested in every repeat",
       [=](v1::Plan& p) {
         v1::Fold& last = *p.mutable_folds(p.folds_size() - 1);
         Move(*last.mutable_test(), *last.mutable_train());
       }},
      // As often as there are repeats, but not once in each.
      {"not tested exactly once",
       [=](v1::Plan& p) {
         const uint32_t sample = first(p)->test(0);
         MoveSample(sample, *first(p)->mutable_test(), *first(p)->mutable_train());
         for (v1::Fold& fold : *p.mutable_folds()) {
           if (fold.repeat() == 0 || !Contains(fold.train(), sample)) continue;
           MoveSample(sample, *fold.mutable_train(), *fold.mutable_test());
           break;
         }
       }},
      {"5 folds instead of 6", [](v1::Plan& p) { p.mutable_folds()->RemoveLast(); }},
      {"out of order", [](v1::Plan& p) { p.mutable_folds()->SwapElements(0, 1); }},
      {"out of order", [](v1::Plan& p) { p.mutable_folds(5)->set_repeat(0); }},
  };
  for (size_t i = 0; i < cases.size(); ++i) {
    v1::Plan plan = MakeProvedPlan();
    cases[i].leak(plan);
    const absl::Status status = ProveDisjoint(plan);
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << "case " << i;
    EXPECT_THAT(std::string(status.message()), testing::HasSubstr(cases[i].found)) << "case " << i;
  }
}

TEST(SplitHashTest, NamesTheSplitAndNothingElse) {
  const v1::Plan plan = MakeProvedPlan();
  v1::Plan same = plan;
  same.mutable_spec()->set_name("another");
  (*same.mutable_samples(0)->mutable_numbers())["age"] = 99;
  EXPECT_EQ(SplitHash(same), SplitHash(plan));

  v1::Plan other_fold = plan;
  Move(*other_fold.mutable_folds(0)->mutable_train(),
       *other_fold.mutable_folds(0)->mutable_validation());
  EXPECT_NE(SplitHash(other_fold), SplitHash(plan));
  v1::Plan other_sample = plan;
  other_sample.mutable_samples(0)->set_id("infants/other/1");
  EXPECT_NE(SplitHash(other_sample), SplitHash(plan));
}

// Published beside results: must never change for the same split.
TEST(SplitHashTest, StaysWhatItWas) {
  EXPECT_EQ(Hex(SplitHash(MakeProvedPlan())),
            "285dbd429458523bf17e592a2d448cd12dbd406eb7b2ec31557f0d4b648a36d8");
}

}  // namespace
}  // namespace gyrus
