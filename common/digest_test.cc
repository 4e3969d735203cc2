#include "common/digest.h"

#include "gtest/gtest.h"

namespace gyrus {
namespace {

TEST(DigestTest, Sha256GivesTheKnownAnswer) {
  // FIPS 180-2, appendix B.1.
  EXPECT_EQ(Hex(Sha256Of("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(DigestTest, FieldsDoNotRunIntoEachOther) {
  EXPECT_NE(Sha256().UpdateField("ab").UpdateField("c").Finish(),
            Sha256().UpdateField("a").UpdateField("bc").Finish());
}

TEST(DigestTest, Xxh3NoticesEveryFlippedBit) {
  const std::string bytes(100, 'x');
  const std::string before = Xxh3Of(bytes);
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] ^= static_cast<char>(1 << (bit % 8));
    EXPECT_NE(Xxh3Of(flipped), before) << "bit " << bit;
  }
}

TEST(DigestTest, AMissingFileIsNotFound) {
  EXPECT_EQ(Sha256OfFile("/nowhere/at/all").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace gyrus
