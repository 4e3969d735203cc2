// Which Gyrus this is.
#pragma once

namespace gyrus {

inline constexpr char kVersion[] = "0.1.0";
// Programs of one major protocol version understand each other.
inline constexpr unsigned kProtocolMajor = 1;
inline constexpr unsigned kProtocolMinor = 0;

}  // namespace gyrus
