#include "common/signing.h"

#include <sys/stat.h>

#include <string>

#include "common/digest.h"
#include "common/files.h"
#include "common/testing/test_folder.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

class SigningTest : public testing::Test {
 protected:
  const TestFolder folder_;
  const std::string path_ = folder_.In("key");
};

TEST_F(SigningTest, GivesTheKnownSignature) {
  // RFC 8032, section 7.1, test 1: the empty message.
  ASSERT_TRUE(WriteFileAtomically(
                  path_, "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60\n", 0600)
                  .ok());
  auto key = SigningKey::LoadOrCreate(path_);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(Hex(key->public_key()),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  EXPECT_EQ(Hex(key->Sign("")),
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
}

TEST_F(SigningTest, AKeyIsMadeOnceAndKeptSecret) {
  auto first = SigningKey::LoadOrCreate(path_);
  ASSERT_TRUE(first.ok()) << first.status();
  struct stat info;
  ASSERT_EQ(stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600);
  EXPECT_EQ(SigningKey::LoadOrCreate(path_)->public_key(), first->public_key());
  EXPECT_EQ(ReadPublicKey(path_ + ".pub").value(), first->public_key());
  EXPECT_NE(SigningKey::LoadOrCreate(folder_.In("other"))->public_key(), first->public_key());
}

TEST_F(SigningTest, ALostPublicHalfIsWrittenAgain) {
  auto key = SigningKey::LoadOrCreate(path_);
  ASSERT_TRUE(key.ok());
  ASSERT_TRUE(RemoveAll(path_ + ".pub").ok());
  ASSERT_TRUE(SigningKey::LoadOrCreate(path_).ok());
  EXPECT_EQ(ReadPublicKey(path_ + ".pub").value(), key->public_key());
}

TEST_F(SigningTest, OnlyTheSignedBytesByThisKeyAreAccepted) {
  auto key = SigningKey::LoadOrCreate(path_);
  auto other = SigningKey::LoadOrCreate(folder_.In("other"));
  ASSERT_TRUE(key.ok() && other.ok());
  const std::string signature = key->Sign("grant");
  EXPECT_TRUE(VerifySignature(key->public_key(), "grant", signature).ok());

  std::string changed = signature;
  changed[10] ^= 1;
  for (const absl::Status& status :
       {VerifySignature(key->public_key(), "grand", signature),
        VerifySignature(key->public_key(), "grant", changed),
        VerifySignature(other->public_key(), "grant", signature),
        VerifySignature(key->public_key(), "grant", ""), VerifySignature("", "grant", signature)}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
  }
}

TEST_F(SigningTest, AFileThatIsNoKeyIsNeitherUsedNorReplaced) {
  for (const std::string& text : {std::string(), std::string("abc"), std::string(64, 'g')}) {
    ASSERT_TRUE(WriteFileAtomically(path_, text, 0600).ok());
    EXPECT_EQ(SigningKey::LoadOrCreate(path_).status().code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(ReadFile(path_).value(), text);
  }
}

TEST_F(SigningTest, AKeyThatOthersMayReadIsRefused) {
  ASSERT_TRUE(SigningKey::LoadOrCreate(path_).ok());
  ASSERT_EQ(chmod(path_.c_str(), 0644), 0);
  EXPECT_EQ(SigningKey::LoadOrCreate(path_).status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace gyrus
