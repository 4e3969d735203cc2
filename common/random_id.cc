#include "common/random_id.h"

#include <sodium.h>

namespace gyrus {

std::string RandomId() {
  constexpr char kAlphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
  std::string id;
  for (int i = 0; i < 8; ++i) id.push_back(kAlphabet[randombytes_uniform(32)]);
  return id;
}

}  // namespace gyrus
