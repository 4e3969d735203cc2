// Finds what a newer program wrote.
#pragma once

#include <string>

#include "google/protobuf/message.h"

namespace gyrus {

// The first thing in `message`, at any depth, that this program has no name
// for: "planned.plan.field 9", "ended.state = 7"; empty when it knows all.
std::string FindUnknown(const google::protobuf::Message& message);

}  // namespace gyrus
