#include "core/weights/names.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::StartsWith;

using Names = std::vector<TensorName>;

// A residual network of two blocks.
Names Network(std::vector<int64_t> kernel = {3, 3, 3}, int64_t classes = 1) {
  const auto conv = [&kernel](int64_t out, int64_t in) {
    std::vector<int64_t> shape = {out, in};
    shape.insert(shape.end(), kernel.begin(), kernel.end());
    return shape;
  };
  return {{"conv1.weight", conv(8, 1)},
          {"bn1.weight", {8}},
          {"layer1.0.conv1.weight", conv(8, 8)},
          {"layer2.0.conv1.weight", conv(16, 8)},
          {"layer2.0.downsample.0.weight", conv(16, 8)},
          {"fc.weight", {classes, 16}},
          {"fc.bias", {classes}}};
}

Names Prefixed(const std::string& prefix, Names names) {
  for (TensorName& tensor : names) tensor.name = prefix + tensor.name;
  return names;
}

TEST(MatchNamesTest, TheSameNamesAreOneToOneInAnyOrder) {
  const Names wanted = Network();
  Names given = wanted;
  std::reverse(given.begin(), given.end());
  const Match match = MatchNames(wanted, given);
  EXPECT_TRUE(match.exact());
  EXPECT_EQ(match.prefix, "");
  EXPECT_EQ(match.convention, Convention::kMonai);
  ASSERT_THAT(match.pairs, SizeIs(wanted.size()));
  for (size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_THAT(match.pairs[i], Pair(i, wanted.size() - 1 - i));
  }
}

TEST(MatchNamesTest, KernelsTellWhoseNetworkItIs) {
  EXPECT_EQ(MatchNames(Network({7, 7}), Network({7, 7})).convention, Convention::kTorchvision);
  EXPECT_EQ(MatchNames(Network({3, 3, 3}), Network({7, 7})).convention, Convention::kTorchvision);
  EXPECT_EQ(MatchNames(Network(), Names{{"encoder", {8}}}).convention, Convention::kNone);
}

TEST(MatchNamesTest, APrefixIsFoundWhereMostFitBehindIt) {
  const Names wanted = Network();
  for (const char* prefix : {"module.", "backbone.", "a.b.c."}) {
    const Match match = MatchNames(wanted, Prefixed(prefix, wanted));
    EXPECT_EQ(match.prefix, prefix);
    EXPECT_TRUE(match.exact());
  }
  // Two networks in a file: the one whose shapes fit, wherever it is.
  Names given = Prefixed("a_teacher.", Network({3, 3, 3}, 10));
  const Names student = Prefixed("student.", wanted);
  given.insert(given.end(), student.begin(), student.end());
  const Match match = MatchNames(wanted, given);
  EXPECT_EQ(match.prefix, "student.");
  EXPECT_THAT(match.pairs, SizeIs(wanted.size()));
  EXPECT_THAT(match.unexpected, SizeIs(wanted.size()));
  EXPECT_FALSE(match.exact());
}

TEST(MatchNamesTest, OfEqualPrefixesTheShorterCounts) {
  const Names wanted = {{"fc.bias", {1}}};
  EXPECT_EQ(MatchNames(wanted, Names{{"net.fc.bias", {1}}, {"fc.bias", {1}}}).prefix, "");
  EXPECT_EQ(MatchNames(wanted, Names{{"aa.fc.bias", {1}}, {"z.fc.bias", {1}}}).prefix, "z.");
  EXPECT_EQ(MatchNames(wanted, Names{{"b.fc.bias", {1}}, {"a.fc.bias", {1}}}).prefix, "a.");
}

TEST(MatchNamesTest, EveryTensorIsInOnePlace) {
  const Names wanted = Network();
  Names given = Network({3, 3, 3}, 400);                      // Another head,
  given[3].shape[0] = 32;                                     // a wrong shape,
  given.erase(given.begin() + 1);                             // one missing,
  given.push_back({"layer2.0.downsample.0.bias", {16}});      // MONAI's bias,
  given.push_back({"layer1.0.bn1.num_batches_tracked", {}});  // a counter.
  const Match match = MatchNames(wanted, given);
  EXPECT_THAT(match.pairs, ElementsAre(Pair(0, 0), Pair(2, 1), Pair(4, 3)));
  EXPECT_THAT(match.wrong_shapes, ElementsAre(Pair(3, 2), Pair(5, 4), Pair(6, 5)));
  EXPECT_THAT(match.missing, ElementsAre(1));
  EXPECT_THAT(match.unexpected, ElementsAre(6));
  EXPECT_FALSE(match.exact());
}

TEST(MatchNamesTest, EachDifferenceAloneIsNotExact) {
  const Names wanted = Network();
  Names shorter = wanted;
  shorter.pop_back();
  Names other = wanted;
  other[0].shape[0] = 9;
  EXPECT_FALSE(MatchNames(wanted, shorter).exact());
  EXPECT_FALSE(MatchNames(shorter, wanted).exact());
  EXPECT_FALSE(MatchNames(wanted, other).exact());
  EXPECT_TRUE(MatchNames(Names{}, Names{}).exact());
}

TEST(NearestOfTest, SaysWhichNetworkIsNearest) {
  const std::vector<Candidate> candidates = {
      {"a small network", {{"conv1.weight", {8, 1, 3, 3, 3}}}},
      {"ours", Network()},
      {"the 2D one", Network({7, 7})}};
  Names given = Prefixed("net.", Network({3, 3, 3}, 400));
  given.erase(given.begin() + 1);
  given.push_back({"net.extra", {3, 4}});
  EXPECT_EQ(NearestOf(candidates, given),
            "nearest is ours: 4 of its 7 tensors are among the 7 of the file (MONAI's names after "
            "net.)");
  EXPECT_THAT(NearestOf(candidates, Network({7, 7}, 1000)),
              StartsWith("nearest is the 2D one: 5 of its 7"));
}

TEST(NearestOfTest, OfNothingInCommonItSaysSo) {
  Names given;
  for (int i = 0; i < 500; ++i) given.push_back({absl::StrCat("blocks.", i, ".qkv"), {3, 3}});
  const std::vector<Candidate> candidates = {{"ours", Network()}};
  EXPECT_EQ(NearestOf(candidates, given),
            "nearest is ours: 0 of its 7 tensors are among the 500 of the file (no known names)");
  EXPECT_THAT(NearestOf(candidates, Names{}), HasSubstr("0 of its 7"));
}

}  // namespace
}  // namespace gyrus
