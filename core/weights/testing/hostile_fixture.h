// Weight files that nobody should trust: each is refused, none is executed.
#pragma once

#include <string>
#include <vector>

namespace gyrus {

struct HostileFile {
  std::string title;
  std::string bytes;
  std::string why;  // A part of the message of the refusal.
};

// The file that some of them would make, were they executed.
inline constexpr char kHostileTrace[] = "executed-by-hostile-weights";

// The same files every time, several hundred.
std::vector<HostileFile> HostileFiles();

// Its parts: instructions and names of Python; what the stack machine and the
// tensors are asked to do; archives.
std::vector<HostileFile> HostilePython();
std::vector<HostileFile> HostileMachine();
std::vector<HostileFile> HostileArchives();

}  // namespace gyrus
