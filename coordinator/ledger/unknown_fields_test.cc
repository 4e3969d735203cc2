#include "coordinator/ledger/unknown_fields.h"

#include "gtest/gtest.h"
#include "gyrus/v1/ledger.pb.h"

namespace gyrus {
namespace {

// Adds a field that only a newer program would know.
void AddField(google::protobuf::Message& message) {
  message.GetReflection()->MutableUnknownFields(&message)->AddVarint(999, 1);
}

TEST(UnknownFieldsTest, AKnownMessageHasNone) {
  v1::Event event;
  EXPECT_EQ(FindUnknown(event), "");
  event.set_experiment_id("e");
  event.mutable_ended()->set_state(v1::EXPERIMENT_STATE_VALID);
  event.mutable_attempt_started()->add_gang()->set_worker_id("w");
  EXPECT_EQ(FindUnknown(event), "");
}

TEST(UnknownFieldsTest, FindsFieldsAtAnyDepth) {
  v1::Event event;
  event.mutable_planned()->mutable_plan()->add_samples();
  AddField(*event.mutable_planned()->mutable_plan()->add_samples());
  EXPECT_EQ(FindUnknown(event), "planned.plan.samples.field 999");
  event.Clear();
  AddField(event);
  EXPECT_EQ(FindUnknown(event), "field 999");
}

TEST(UnknownFieldsTest, FindsEnumValues) {
  v1::Event event;
  event.mutable_ended()->set_state(static_cast<v1::ExperimentState>(77));
  EXPECT_EQ(FindUnknown(event), "ended.state = 77");
}

}  // namespace
}  // namespace gyrus
