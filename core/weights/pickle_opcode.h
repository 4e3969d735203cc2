// The instructions of Python's pickle protocols 0 to 5, by name.
#pragma once

#include <cstdint>
#include <string>

namespace gyrus {

// "STACK_GLOBAL"; "0xff, which is no opcode" for what is none.
std::string PickleOpcodeName(uint8_t opcode);

}  // namespace gyrus
