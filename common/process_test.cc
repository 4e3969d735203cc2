#include "common/process.h"

#include <signal.h>
#include <unistd.h>

#include <string>

#include "gtest/gtest.h"

namespace gyrus {
namespace {

std::string ReadToEnd(const UniqueFd& fd) {
  std::string all;
  char buffer[256];
  ssize_t got;
  while ((got = read(fd.get(), buffer, sizeof(buffer))) > 0) all.append(buffer, got);
  return all;
}

TEST(ProcessTest, SaysHowAChildEnded) {
  auto exits = Child::Start({.arguments = {"/bin/sh", "-c", "exit 3"}});
  ASSERT_TRUE(exits.ok()) << exits.status();
  EXPECT_EQ(DescribeExit(exits->Wait()), "exited with 3");

  auto killed = Child::Start({.arguments = {"/bin/cat"}});
  ASSERT_TRUE(killed.ok());
  killed->Signal(SIGKILL);
  EXPECT_EQ(DescribeExit(killed->Wait()), "killed by signal 9 (Killed)");
}

TEST(ProcessTest, AChildThatHasEndedKeepsItsNumberUntilItIsReaped) {
  for (const std::string script : {"exit 3", "kill -9 $$"}) {
    auto child = Child::Start({.arguments = {"/bin/sh", "-c", script}});
    ASSERT_TRUE(child.ok());
    const std::string how = DescribeExit(child->AwaitEnd());
    EXPECT_TRUE(child->HasEnded());
    EXPECT_EQ(kill(child->pid(), 0), 0) << "nobody else has it";
    EXPECT_EQ(how, DescribeExit(child->Wait()));
  }
}

TEST(ProcessTest, GivesEnvironmentAndTakesOutput) {
  UniqueFd output;
  auto child = Child::Start({.arguments = {"/bin/sh", "-c", "echo $GYRUS_TEST"},
                             .environment = {{"GYRUS_TEST", "hello"}},
                             .output = &output});
  ASSERT_TRUE(child.ok());
  EXPECT_EQ(ReadToEnd(output), "hello\n");
  child->Wait();
}

TEST(ProcessTest, AMissingProgramIsNotFound) {
  EXPECT_EQ(Child::Start({.arguments = {"/no/such/program"}}).status().code(),
            absl::StatusCode::kNotFound);
}

TEST(ProcessTest, AChildReadsEndOfFileWhenItsLifelineIsCut) {
  UniqueFd output;
  auto child =
      Child::Start({.arguments = {"/bin/sh", "-c", "cat; echo end-of-input"}, .output = &output});
  ASSERT_TRUE(child.ok());
  child->CloseParentPipe();
  EXPECT_EQ(ReadToEnd(output), "end-of-input\n");
  EXPECT_EQ(DescribeExit(child->Wait()), "exited with 0");
}

}  // namespace
}  // namespace gyrus
