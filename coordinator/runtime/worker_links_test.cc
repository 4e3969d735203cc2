#include "coordinator/runtime/worker_links.h"

#include "coordinator/runtime/testing/fakes.h"
#include "gmock/gmock.h"

namespace gyrus {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

v1::ToWorker Message() {
  v1::ToWorker message;
  message.mutable_forget()->set_trial_id("t");
  return message;
}

TEST(WorkerLinksTest, TheNewestLinkOfAWorkerGetsItsMessages) {
  WorkerLinks links;
  links.Send("a", Message());  // Lost: there is no such worker.
  const auto older = std::make_shared<FakeLink>();
  const auto newer = std::make_shared<FakeLink>();
  links.Add("a", older);
  links.Add("a", newer);
  ASSERT_THAT(older->closed(), SizeIs(1));
  EXPECT_EQ(older->closed()[0].code(), absl::StatusCode::kAborted);
  links.Send("a", Message());
  EXPECT_THAT(older->messages(), IsEmpty());
  EXPECT_THAT(newer->messages(), SizeIs(1));
}

TEST(WorkerLinksTest, TheEndOfAnOlderLinkRemovesNothing) {
  WorkerLinks links;
  const auto older = std::make_shared<FakeLink>();
  const auto newer = std::make_shared<FakeLink>();
  links.Add("a", newer);
  EXPECT_FALSE(links.Remove("a", older.get()));
  EXPECT_FALSE(links.Remove("nobody", older.get()));
  EXPECT_TRUE(links.Remove("a", newer.get()));
  links.Send("a", Message());
  EXPECT_THAT(newer->messages(), IsEmpty());
}

TEST(WorkerLinksTest, AllLinksAreClosedAtTheEnd) {
  WorkerLinks links;
  const auto link = std::make_shared<FakeLink>();
  links.Add("a", link);
  links.CloseAll(absl::UnavailableError("stopping"));
  EXPECT_THAT(link->closed(), SizeIs(1));
  EXPECT_FALSE(links.Remove("a", link.get()));
}

}  // namespace
}  // namespace gyrus
