// Which images a recipe reads.
#pragma once

#include <string>
#include <vector>

#include "google/protobuf/repeated_ptr_field.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// The channels whose images must be there for `recipe` to give `channels`: all
// that its ratios are made of, and those of `channels` that no ratio makes;
// sorted, each once. Arms that differ only in channels of one ratio therefore
// read the same images and share the prepared volume.
std::vector<std::string> InputChannels(
    const v1::Recipe& recipe, const google::protobuf::RepeatedPtrField<std::string>& channels);

}  // namespace gyrus
