// Detects messages that a newer version of Gyrus wrote.
#pragma once

#include <string>

#include "google/protobuf/message.h"

namespace gyrus {

// Returns the first field or enum value in `message`, at any depth, that this program
// does not know, such as "planned.plan.field 9" or "ended.state = 7". Returns an empty
// text when it knows all of them.
std::string FindUnknown(const google::protobuf::Message& message);

}  // namespace gyrus
