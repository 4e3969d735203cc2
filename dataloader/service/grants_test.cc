#include "dataloader/service/grants.h"

#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/signing.h"
#include "common/testing/test_folder.h"
#include "core/epoch/order.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using Positions = std::vector<uint32_t>;

class GrantsTest : public testing::Test {
 protected:
  GrantsTest() : key_(*SigningKey::LoadOrCreate(scratch_.In("key"))), grants_(key_.public_key()) {}

  static v1::GrantBody Body(uint32_t attempt = 1, const std::string& trial = "t") {
    v1::GrantBody body;
    body.set_experiment_id("e");
    body.set_trial_id(trial);
    body.set_attempt(attempt);
    body.set_order_seed(7);
    Permit(body, v1::PURPOSE_TRAIN, "train", 9);
    Permit(body, v1::PURPOSE_TEST, "test", 4);
    return body;
  }
  static void Permit(v1::GrantBody& body, v1::Purpose purpose, const std::string& name, int count) {
    v1::Permit& permit = *body.add_permits();
    permit.set_purpose(purpose);
    for (int i = 0; i < count; ++i) permit.add_items(absl::StrCat(name, i));
  }
  v1::Grant Sign(const v1::GrantBody& body) const {
    v1::Grant grant;
    grant.set_body(body.SerializeAsString());
    grant.set_signature(key_.Sign(grant.body()));
    return grant;
  }
  absl::StatusCode Check(const v1::Grant& grant) { return grants_.Check(grant).status().code(); }

  const TestFolder scratch_;
  const SigningKey key_;
  Grants grants_;
  EpochOrders orders_;
};

TEST_F(GrantsTest, NothingButTheCoordinatorsSignatureCounts) {
  const v1::Grant good = Sign(Body());
  EXPECT_EQ(Check(good), absl::StatusCode::kOk);
  v1::Grant forged = good;
  forged.set_signature("");
  EXPECT_EQ(Check(forged), absl::StatusCode::kPermissionDenied);
  // More items under the signature of fewer, also after that one was seen.
  v1::GrantBody more = Body();
  more.mutable_permits(0)->add_items("test0");
  forged = good;
  forged.set_body(more.SerializeAsString());
  EXPECT_EQ(Check(forged), absl::StatusCode::kPermissionDenied);
  const SigningKey other = *SigningKey::LoadOrCreate(scratch_.In("other"));
  forged = good;
  forged.set_signature(other.Sign(forged.body()));
  EXPECT_EQ(Check(forged), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Check(good), absl::StatusCode::kOk);
}

TEST_F(GrantsTest, AForgedAttemptDoesNotFenceTheTrueOne) {
  v1::Grant forged = Sign(Body(99));
  forged.mutable_signature()->back() ^= 1;
  EXPECT_EQ(Check(forged), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Check(Sign(Body(1))), absl::StatusCode::kOk);
}

TEST_F(GrantsTest, ANewerAttemptFencesTheOlderOfItsTrialOnly) {
  const v1::Grant first = Sign(Body(1));
  EXPECT_EQ(Check(first), absl::StatusCode::kOk);
  EXPECT_EQ(Check(Sign(Body(2))), absl::StatusCode::kOk);
  EXPECT_EQ(Check(first), absl::StatusCode::kAborted) << "though it was good a moment ago";
  EXPECT_EQ(Check(Sign(Body(2))), absl::StatusCode::kOk);
  EXPECT_EQ(Check(Sign(Body(1, "another trial"))), absl::StatusCode::kOk);
  v1::GrantBody another = Body(1);
  another.set_experiment_id("another experiment");
  EXPECT_EQ(Check(Sign(another)), absl::StatusCode::kOk);
}

TEST_F(GrantsTest, ManyTrialsLaterTheFenceStillStands) {
  const v1::Grant first = Sign(Body(1));
  EXPECT_EQ(Check(first), absl::StatusCode::kOk);
  EXPECT_EQ(Check(Sign(Body(2))), absl::StatusCode::kOk);
  for (int i = 0; i < 1100; ++i) {
    ASSERT_EQ(Check(Sign(Body(1, absl::StrCat("trial", i)))), absl::StatusCode::kOk);
  }
  EXPECT_EQ(Check(first), absl::StatusCode::kAborted);
}

std::vector<std::string> NamesAt(const v1::GrantBody& body, v1::Purpose purpose, uint32_t epoch,
                                 const Positions& positions) {
  EpochOrders orders;
  const auto items = ItemsAt(body, purpose, epoch, positions, orders);
  EXPECT_TRUE(items.ok()) << items.status();
  std::vector<std::string> names;
  if (!items.ok()) return names;
  for (const GrantedItem& item : *items) names.push_back(item.name);
  return names;
}

// Whatever a trainer asks for, it cannot reach across the split.
TEST_F(GrantsTest, NoPositionOfNoEpochLeavesThePurposesPermit) {
  const v1::GrantBody body = Body();
  for (uint32_t epoch = 0; epoch < 50; ++epoch) {
    const std::vector<std::string> train =
        NamesAt(body, v1::PURPOSE_TRAIN, epoch, {0, 1, 2, 3, 4, 5, 6, 7, 8});
    EXPECT_EQ(NamesAt(body, v1::PURPOSE_TRAIN, epoch, {7, 2}),
              std::vector<std::string>({train[7], train[2]}));
    EXPECT_THAT(train, testing::UnorderedElementsAreArray(body.permits(0).items()));
    for (const uint32_t position : {9u, 10u, 13u, 1u << 31, ~0u}) {
      EXPECT_EQ(
          ItemsAt(body, v1::PURPOSE_TRAIN, epoch, Positions{0, position}, orders_).status().code(),
          absl::StatusCode::kOutOfRange);
    }
    EXPECT_EQ(NamesAt(body, v1::PURPOSE_TEST, epoch, {0, 1, 2, 3}),
              std::vector<std::string>({"test0", "test1", "test2", "test3"}));
    EXPECT_EQ(ItemsAt(body, v1::PURPOSE_TEST, epoch, Positions{4}, orders_).status().code(),
              absl::StatusCode::kOutOfRange);
  }
  for (const auto purpose : {v1::PURPOSE_VALIDATION, v1::PURPOSE_UNSPECIFIED}) {
    EXPECT_EQ(ItemsAt(body, purpose, 0, Positions{0}, orders_).status().code(),
              absl::StatusCode::kPermissionDenied);
  }
}

TEST_F(GrantsTest, AKeptOrderIsTheOneOfItsSeedEpochAndItems) {
  for (int again = 0; again < 2; ++again) {
    for (uint32_t epoch = 0; epoch < 40; ++epoch) {  // More than are kept.
      EXPECT_EQ(*orders_.Get(1, epoch, 9), EpochOrder(1, epoch, 9));
      EXPECT_EQ(*orders_.Get(2, epoch, 9), EpochOrder(2, epoch, 9));
      EXPECT_EQ(*orders_.Get(1, epoch, 8), EpochOrder(1, epoch, 8));
    }
  }
  EXPECT_EQ(orders_.Get(1, 39, 8), orders_.Get(1, 39, 8));  // Not shuffled again.
}

TEST_F(GrantsTest, ViewsAreOfTrainingAlone) {
  v1::GrantBody body = Body();
  body.mutable_train_views()->set_axis(1);
  body.mutable_train_views()->set_first(3);
  body.mutable_train_views()->set_count(2);
  Positions all(18);
  std::iota(all.begin(), all.end(), 0u);
  const std::vector<std::string> names = NamesAt(body, v1::PURPOSE_TRAIN, 4, all);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 18);
  EXPECT_THAT(names, testing::Contains("train8/y4"));
  EXPECT_EQ(ItemsAt(body, v1::PURPOSE_TRAIN, 4, Positions{18}, orders_).status().code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_EQ(NamesAt(body, v1::PURPOSE_TEST, 4, {3}), std::vector<std::string>({"test3"}));
}

}  // namespace
}  // namespace gyrus
