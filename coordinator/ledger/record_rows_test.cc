#include "coordinator/ledger/record_rows.h"

#include "coordinator/ledger/testing/ledger_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(RecordRowsTest, EachStepHasItsLoss) {
  v1::SpooledRecord record = StepsRecord(0, 1, {5, 4});
  EXPECT_THAT(RowsOf(record).metrics,
              ElementsAre(MetricRow{30, 3, "train_loss", 5}, MetricRow{31, 3, "train_loss", 4}));
  record.mutable_record()->mutable_steps()->set_items(8);
  record.mutable_record()->mutable_steps()->set_seconds(2);
  EXPECT_EQ(RowsOf(record).metrics.back(), (MetricRow{31, 3, "items_per_second", 4}));
}

TEST(RecordRowsTest, AnEpochHasNumbersItemsSeenAndPredictions) {
  const RecordRows rows = RowsOf(EpochRecord(0, 1, 2));
  EXPECT_THAT(rows.metrics, ElementsAre(MetricRow{std::nullopt, 2, "epoch_train_loss", 2.5},
                                        MetricRow{std::nullopt, 2, "validation_loss", 3.5},
                                        MetricRow{std::nullopt, 2, "learning_rate", 1e-4},
                                        MetricRow{std::nullopt, 2, "epoch_seconds", 7}));
  ASSERT_TRUE(rows.items_seen.has_value() && rows.validation.has_value());
  EXPECT_EQ(rows.items_seen->epoch(), 2);
  EXPECT_EQ(rows.items_seen->items_seen(0).item(), "c/s0/v");
  EXPECT_EQ(rows.validation->epoch(), 2);
  EXPECT_EQ(rows.validation->validation(0).prediction(), 41.5);
  EXPECT_EQ(rows.validation->items_seen_size(), 0);
}

TEST(RecordRowsTest, OtherRanksLeaveNoRows) {
  const RecordRows rows = RowsOf(EpochRecord(1, 1, 2));
  EXPECT_THAT(rows.metrics, IsEmpty());
  EXPECT_FALSE(rows.validation.has_value());
  EXPECT_FALSE(rows.items_seen.has_value());
  EXPECT_THAT(RowsOf(StepsRecord(1, 1, {5})).metrics, IsEmpty());
}

TEST(RecordRowsTest, AnAttemptThatContinuesSaysWhere) {
  v1::SpooledRecord record;
  record.mutable_record()->mutable_started()->set_numeric_kind("cpu");
  EXPECT_THAT(RowsOf(record).metrics, IsEmpty());
  record.mutable_record()->mutable_started()->set_resumed_step(120);
  EXPECT_THAT(RowsOf(record).metrics, ElementsAre(MetricRow{120, 0, "resumed_step", 120}));
  record.mutable_rank()->set_rank(1);
  EXPECT_THAT(RowsOf(record).metrics, IsEmpty()) << "rank 0 speaks for all";
}

TEST(RecordRowsTest, WhatWasNotMeasuredHasNoRow) {
  v1::SpooledRecord record = EpochRecord(0, 1, 2);
  record.mutable_record()->mutable_epoch()->clear_validation_loss();
  record.mutable_record()->mutable_epoch()->clear_validation();
  for (const MetricRow& row : RowsOf(record).metrics) EXPECT_NE(row.name, "validation_loss");
  EXPECT_FALSE(RowsOf(record).validation.has_value());
}

}  // namespace
}  // namespace gyrus
