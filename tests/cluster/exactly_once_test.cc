// In each epoch each training item is trained on exactly once. What is expected
// is derived here, from the manifest and the printed split alone.
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/files.h"
#include "gmock/gmock.h"
#include "tests/cluster/programs.h"

namespace gyrus {
namespace {

using Json = nlohmann::json;

// Subjects of the manifest: the first cell of every line but the first.
std::set<std::string> SubjectsOf(const std::string& manifest) {
  std::set<std::string> subjects;
  size_t at = manifest.find('\n') + 1;
  while (at < manifest.size()) {
    subjects.insert(manifest.substr(at, manifest.find(',', at) - at));
    at = manifest.find('\n', at) + 1;
  }
  return subjects;
}

// Everything that is wrong with what a fold was trained on; empty when each training item
// was seen once in each epoch, as a tensor that differs between epochs only
// where augmentation may.
std::vector<std::string> Faults(const Json& fold, const std::set<std::string>& train,
                                uint32_t epochs) {
  std::map<uint32_t, std::map<uint32_t, std::string>> seen;  // Epoch, position -> item.
  std::vector<std::string> faults;
  for (const Json& item : fold["items_seen"]) {
    const uint32_t epoch = item["epoch"];
    const uint32_t position = item["position"];
    if (!seen[epoch].emplace(position, item["item"]).second) {
      faults.push_back("position twice in an epoch");
    }
    if (item["digest"].get<std::string>().size() != 32) faults.push_back("no tensor digest");
  }
  if (seen.size() != epochs) faults.push_back("another number of epochs");
  std::set<std::vector<std::string>> orders;
  for (const auto& [epoch, by_position] : seen) {
    std::set<std::string> items;
    std::vector<std::string> order;
    for (const auto& [position, item] : by_position) {
      items.insert(item);
      order.push_back(item);
    }
    if (items != train) faults.push_back("other items than the training part");
    if (order.size() != train.size()) faults.push_back("another number of items");
    if (by_position.rbegin()->first + 1 != train.size()) faults.push_back("positions have a gap");
    orders.insert(order);
  }
  if (orders.size() < 2) faults.push_back("every epoch had the same order");
  return faults;
}

class ExactlyOnceTest : public ProgramsTest {};

TEST_F(ExactlyOnceTest, EveryEpochSeesTheTrainingPartOnce) {
  MakeCohort();
  Put("tiny.yaml", Experiment());
  const Json plan = JsonOf(RunProgram(
      {ProgramPath("gyrus"), "plan", In("tiny.yaml"), "--json", "--cache", In("cache")}));
  const Ran ran = RunExperiment("out", {"--set", "resources.slots_per_trial=2"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  const Json result = JsonOf(ran);
  EXPECT_EQ(result["split_hash"], plan["split_hash"]);

  std::set<std::string> everybody;
  for (const std::string& subject : SubjectsOf(ReadFile(In("cohort/participants.csv")).value())) {
    everybody.insert("phantoms/" + subject + "/1");
  }
  ASSERT_EQ(everybody.size(), 12);
  std::multiset<std::string> tested;
  for (size_t i = 0; i < plan["folds"].size(); ++i) {
    const Json& part = plan["folds"][i];
    std::set<std::string> train = everybody;
    for (const char* held : {"validation", "test"}) {
      for (const std::string item : part[held]) EXPECT_EQ(train.erase(item), 1) << item;
    }
    for (const std::string item : part["test"]) tested.insert(item);
    const Json& fold = result["arms"][0]["folds"][i];
    ASSERT_EQ(fold["fold"], part["fold"]);
    EXPECT_THAT(Faults(fold, train, 5), testing::IsEmpty());

    // Each way to go wrong is seen.
    const std::vector<std::function<void(Json&)>> spoils = {
        [](Json& f) { f["items_seen"].erase(3); },
        [](Json& f) { f["items_seen"].push_back(f["items_seen"][3]); },
        [](Json& f) { f["items_seen"][1]["item"] = f["items_seen"][0]["item"]; },
        [&](Json& f) { f["items_seen"][0]["item"] = part["test"][0]; },
        [](Json& f) { f["items_seen"][0]["epoch"] = 5; },
    };
    for (size_t s = 0; s < spoils.size(); ++s) {
      Json spoiled = fold;
      spoils[s](spoiled);
      EXPECT_THAT(Faults(spoiled, train, 5), testing::Not(testing::IsEmpty())) << "spoil " << s;
    }
  }
  EXPECT_THAT(tested, testing::ElementsAreArray(everybody.begin(), everybody.end()));
}

TEST_F(ExactlyOnceTest, EveryEpochSeesEachSliceOfTheTrainingPartOnce) {
  MakeCohort();
  const Ran ran =
      RunExperiment("out", {"--set", "resources.slots_per_trial=2", "--set",
                            "model={resnet2d: {width: 4}, slices: {axis: y, from: 20, count: 3}}",
                            "--set", "train.item=slice", "--set", "train.epochs=2"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  const Json result = JsonOf(ran);
  const Json plan = JsonOf(RunProgram(
      {ProgramPath("gyrus"), "plan", In("tiny.yaml"), "--json", "--cache", In("cache")}));
  ASSERT_EQ(result["split_hash"], plan["split_hash"]);
  std::set<std::string> everybody;
  for (const std::string& subject : SubjectsOf(ReadFile(In("cohort/participants.csv")).value())) {
    everybody.insert("phantoms/" + subject + "/1");
  }
  for (size_t i = 0; i < plan["folds"].size(); ++i) {
    std::set<std::string> train = everybody, slices;
    for (const char* held : {"validation", "test"}) {
      for (const std::string item : plan["folds"][i][held]) train.erase(item);
    }
    for (const std::string& item : train) {
      for (const char* slice : {"/y20", "/y21", "/y22"}) slices.insert(item + slice);
    }
    const Json& fold = result["arms"][0]["folds"][i];
    EXPECT_THAT(Faults(fold, slices, 2), testing::IsEmpty());
    Json spoiled = fold;
    spoiled["items_seen"][0]["item"] = *train.begin() + "/y23";
    EXPECT_THAT(Faults(spoiled, slices, 2), testing::Not(testing::IsEmpty()));
  }
}

}  // namespace
}  // namespace gyrus
