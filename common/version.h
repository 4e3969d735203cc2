// The version of Gyrus, and of the protocol that its programs speak with each other.
#pragma once

namespace gyrus {

inline constexpr char kVersion[] = "0.1.0";
// Programs with the same major version of the protocol understand each other.
inline constexpr unsigned kProtocolMajor = 1;
inline constexpr unsigned kProtocolMinor = 0;

}  // namespace gyrus
