// The same bits whatever the world size and the cache, through the real
// programs.
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/cluster/programs.h"

namespace gyrus {
namespace {

using Json = nlohmann::json;

// Fold -> digests of weights, of predictions, of what was trained on and of what
// loaders sent.
std::map<int, std::vector<std::string>> DigestsOf(const Json& result) {
  std::map<int, std::vector<std::string>> digests;
  for (const Json& fold : result["arms"][0]["folds"]) {
    EXPECT_EQ(fold["state"], "DONE") << fold;
    digests[fold["fold"]] = {fold["weights_sha256"], fold["predictions_sha256"],
                             fold["seen_digest"], fold["served_set_digest"]};
  }
  EXPECT_EQ(digests.size(), 3);
  return digests;
}

class SameBitsTest : public ProgramsTest {
 protected:
  Json RunWith(int slots, const std::string& out, std::vector<std::string> more = {}) {
    more.insert(more.end(), {"--set", "resources.slots_per_trial=" + std::to_string(slots)});
    const Ran ran = RunExperiment(out, more);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    return JsonOf(ran);
  }

  // The programs, with a trainer that adds leaves in sequence.
  std::string ProgramsWithSequentialSum() {
    namespace fs = std::filesystem;
    fs::create_directories(In("bin"));
    for (const char* name : {"gyrus-coordinator", "gyrus-dataloader", "gyrus-worker"}) {
      fs::copy_file(ProgramPath(name), In("bin/") + name);
    }
    const std::string trainer = In("bin/gyrus-trainer");
    std::ofstream(trainer) << "#!/bin/sh\nexec " << ProgramPath("gyrus-trainer")
                           << " --sequential-sum \"$@\"\n";
    chmod(trainer.c_str(), 0755);
    return In("bin");
  }
};

TEST_F(SameBitsTest, ForOneTwoAndFourRanksColdAndWarm) {
  MakeCohort();
  const Json cold = RunWith(1, "one");
  const auto expected = DigestsOf(cold);
  EXPECT_EQ(DigestsOf(RunWith(1, "warm")), expected);
  for (const int slots : {2, 4}) {
    const Json result = RunWith(slots, "ranks" + std::to_string(slots));
    EXPECT_EQ(DigestsOf(result), expected) << slots << " ranks";
    for (const Json& fold : result["arms"][0]["folds"]) {
      EXPECT_FALSE(fold["items_seen"].empty());
    }
  }
  // The control: were the order of the sum of no account, this would not differ.
  const Json sequential = RunWith(1, "sequential", {"--bin", ProgramsWithSequentialSum()});
  for (const auto& [fold, digests] : DigestsOf(sequential)) {
    EXPECT_NE(digests[0], expected.at(fold)[0]) << fold;
  }
}

}  // namespace
}  // namespace gyrus
