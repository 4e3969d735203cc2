#include "core/network/graph_builder.h"

#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::Status Finish(GraphBuilder& builder) { return std::move(builder).Finish({}).status(); }

TEST(GraphBuilderTest, AConvolutionRoundsUp) {
  GraphBuilder builder({1, 7, 8, 1});
  const NodeId x = builder.Conv(builder.input(), "c", {.channels = 5, .stride = 2, .bias = true});
  EXPECT_THAT(builder.ShapeOf(x), ElementsAre(5, 4, 4, 1));
  const Graph graph = *std::move(builder).Finish({.numbers = x});
  EXPECT_THAT(graph.nodes[x].parameters[0].shape, ElementsAre(5, 1, 3, 3, 3));
  EXPECT_EQ(graph.nodes[x].parameters[1].name, "c.bias");
  EXPECT_EQ(graph.nodes[x].macs, 27 * 5 * 16);
  EXPECT_EQ(CostOf(graph).parameters(), 5 * 27 + 5);
  EXPECT_EQ(CostOf(graph).activation_bytes(), 4 * 5 * 16);
}

TEST(GraphBuilderTest, ATransposedConvolutionLengthens) {
  GraphBuilder builder({6, 3, 4, 5});
  const NodeId x = builder.TransposedConv(builder.input(), "up", 2, 2, false);
  EXPECT_THAT(builder.ShapeOf(x), ElementsAre(2, 6, 8, 10));
  const Graph graph = *std::move(builder).Finish({.numbers = x});
  EXPECT_THAT(graph.nodes[x].parameters[0].shape, ElementsAre(6, 2, 2, 2, 2));
  EXPECT_EQ(graph.nodes[x].macs, 6 * 2 * 8 * 60);
}

TEST(GraphBuilderTest, APoolWithoutPaddingRoundsDown) {
  GraphBuilder builder({1, 7, 8, 9});
  EXPECT_THAT(builder.ShapeOf(builder.MaxPool(builder.input(), "p", 2, 2, 0)),
              ElementsAre(1, 3, 4, 4));
  GraphBuilder small({1, 7, 1, 9});
  small.MaxPool(small.input(), "p", 2, 2, 0);
  EXPECT_EQ(Finish(small).message(), "p: maps of 1x7x1x9 are smaller than its windows of 2");
}

TEST(GraphBuilderTest, SlicesGoThroughTheSameLayers) {
  GraphBuilder builder({2, 8, 6, 10});
  NodeId x = builder.Slices(builder.input(), "s", 2, 1, 9);
  x = builder.Conv(x, "c", {.channels = 3});
  x = builder.Flatten(builder.AveragePool(x, "a"), "flat");
  x = builder.PoolSlices(x, "p", 3);
  const NodeId pooled = x;
  x = builder.Lstm(x, "l", 4);
  const NodeId lstm = x;
  x = builder.FlattenSlices(x, "f");
  const Graph graph = *std::move(builder).Finish({.numbers = x});
  EXPECT_EQ(graph.nodes[2].macs, 8 * 48 * 2 * 9 * 3);
  EXPECT_EQ(graph.nodes[pooled].slices, 2);  // Eight by threes; two are left out.
  EXPECT_EQ(graph.nodes[lstm].macs, 2 * 2 * 16 * (3 + 4));
  EXPECT_EQ(graph.nodes[lstm].parameters.size(), 8);
  EXPECT_THAT(graph.nodes[x].output_shape, ElementsAre(16));
  EXPECT_EQ(graph.nodes[x].slices, 0);
}

TEST(GraphBuilderTest, TellsTheFirstThingThatCannotBe) {
  GraphBuilder builder({2, 8, 6, 10});
  const NodeId half = builder.MaxPool(builder.input(), "p", 2, 2, 0);
  builder.Add(half, builder.input(), "sum");
  builder.Concat({half, builder.input()}, "both");
  EXPECT_EQ(Finish(builder).message(), "sum: adds 2x8x6x10 to 2x4x3x5");
}

TEST(GraphBuilderTest, RefusesWhatDoesNotFit) {
  GraphBuilder joined({2, 8, 6, 10});
  joined.Concat({joined.MaxPool(joined.input(), "p", 2, 2, 0), joined.input()}, "both");
  EXPECT_EQ(Finish(joined).message(), "both: joins maps of 2x4x3x5 and 2x8x6x10");
  GraphBuilder repeated({3, 8, 6, 10});
  repeated.Repeat(repeated.input(), "four", 4);
  EXPECT_EQ(Finish(repeated).message(), "four: 4 channels are no multiple of the input's 3");
  GraphBuilder few({1, 8, 6, 3});
  few.PoolSlices(few.Slices(few.input(), "s", 2, 0, 3), "p", 4);
  EXPECT_EQ(Finish(few).message(), "p: 3 slices are fewer than the 4 of a window");
  GraphBuilder batch({1, 1, 1, 1});
  batch.Norm(batch.input(), "bn", {.norm = v1::NORM_BATCH});
  EXPECT_THAT(Finish(batch).message(), HasSubstr("which batch norm cannot normalise"));
}

TEST(GraphBuilderTest, BatchNormKeepsWhatItSaw) {
  GraphBuilder builder({3, 8, 6, 10});
  const NodeId x = builder.Norm(builder.input(), "bn", {.norm = v1::NORM_BATCH, .affine = true});
  const Graph graph = *std::move(builder).Finish({.numbers = x});
  EXPECT_EQ(CostOf(graph).parameters(), 6);
  EXPECT_EQ(CostOf(graph).buffers(), 7);
}

}  // namespace
}  // namespace gyrus
