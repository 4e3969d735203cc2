// For tests: networks from a few words.
#pragma once

#include <memory>
#include <string>

#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "models/initial_weights.h"
#include "models/network.h"

namespace gyrus {

// `text`: a v1::Model in protobuf's text format.
inline v1::Model ModelOf(const std::string& text) {
  v1::Model model;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &model)) << text;
  return model;
}

// `text`: a v1::Task.
inline v1::Task TaskOf(const std::string& text) {
  v1::Task task;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &task)) << text;
  return task;
}

inline std::shared_ptr<Network> NetworkOf(const std::string& model, const Shape& input,
                                          const std::string& task = "") {
  auto network = MakeNetwork(ModelOf(model), TaskOf(task), input);
  EXPECT_TRUE(network.ok()) << model << ": " << network.status();
  return *network;
}

inline std::shared_ptr<Network> InitialisedNetwork(const std::string& model, const Shape& input,
                                                   uint64_t seed = 1,
                                                   const std::string& task = "") {
  auto network = NetworkOf(model, input, task);
  InitialiseWeights(*network, seed);
  return network;
}

}  // namespace gyrus
