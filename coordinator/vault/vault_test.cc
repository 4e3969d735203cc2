#include "coordinator/vault/vault.h"

#include <sys/stat.h>

#include <string>
#include <thread>
#include <vector>

#include "common/digest.h"
#include "common/files.h"
#include "common/testing/sync_spy.h"
#include "common/testing/test_folder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct stat StatOf(const std::string& path) {
  struct stat info = {};
  EXPECT_EQ(stat(path.c_str(), &info), 0) << path;
  return info;
}

class VaultTest : public testing::Test {
 protected:
  VaultTest() { Reopen(); }

  void Reopen() {
    auto vault = Vault::Open(folder_ + "/vault");
    ASSERT_TRUE(vault.ok()) << vault.status();
    vault_ = *std::move(vault);
  }

  // Uploads in chunks of 3 bytes, announcing `sha256` and `announced` bytes.
  absl::Status Upload(absl::string_view bytes, absl::string_view sha256, uint64_t announced) {
    auto upload = vault_->NewUpload(sha256, announced);
    if (!upload.ok()) return upload.status();
    for (size_t at = 0; at < bytes.size(); at += 3) {
      if (absl::Status status = upload->Append(bytes.substr(at, 3)); !status.ok()) return status;
    }
    return upload->Finish();
  }
  absl::Status Upload(absl::string_view bytes) {
    return Upload(bytes, Sha256Of(bytes), bytes.size());
  }

  std::string ObjectPath(absl::string_view bytes) const {
    const std::string hex = Hex(Sha256Of(bytes));
    return folder_ + "/vault/objects/" + hex.substr(0, 2) + "/" + hex;
  }
  std::vector<std::string> Incoming() const {
    return ListFolder(folder_ + "/vault/incoming").value();
  }

  const TestFolder test_folder_;
  const std::string& folder_ = test_folder_.path();
  std::unique_ptr<Vault> vault_;
};

TEST_F(VaultTest, GivesBackWhatItTook) {
  for (const std::string& bytes : {std::string(), std::string("weights"), std::string(9999, 'x')}) {
    EXPECT_FALSE(vault_->Has(Sha256Of(bytes)));
    ASSERT_TRUE(Upload(bytes).ok());
    EXPECT_TRUE(vault_->Has(Sha256Of(bytes)));
    EXPECT_EQ(vault_->Read(Sha256Of(bytes))->bytes(), bytes);
    EXPECT_EQ(StatOf(ObjectPath(bytes)).st_mode & 0777, 0444);
  }
  EXPECT_THAT(Incoming(), IsEmpty());
  Reopen();
  EXPECT_EQ(vault_->Read(Sha256Of("weights"))->bytes(), "weights");
}

TEST_F(VaultTest, WhatIsNotAsAnnouncedLeavesNothing) {
  const std::string sha256 = Sha256Of("weights");
  EXPECT_EQ(Upload("weight", sha256, 7).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(Upload("weightz", sha256, 7).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(Upload("weights and more", sha256, 7).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(Upload("weights", sha256, 8).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(Upload("weights", "short", 7).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(vault_->Has(sha256));
  EXPECT_THAT(Incoming(), IsEmpty());
  EXPECT_THAT(ListFolder(folder_ + "/vault/objects").value(), IsEmpty());
  EXPECT_EQ(vault_->Read(sha256).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(VaultTest, TooManyBytesAreRefusedBeforeTheyAreWritten) {
  auto upload = vault_->NewUpload(Sha256Of("weights"), 7);
  ASSERT_TRUE(upload.ok());
  EXPECT_EQ(upload->Append("weights and more").code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(StatOf(folder_ + "/vault/incoming/" + Incoming().at(0)).st_size, 0);
}

TEST_F(VaultTest, AnUploadThatGoesWithoutFinishLeavesNothing) {
  {
    auto upload = vault_->NewUpload(Sha256Of("weights"), 7);
    ASSERT_TRUE(upload.ok());
    ASSERT_TRUE(upload->Append("weights").ok());
    const VaultUpload moved = *std::move(upload);
    EXPECT_EQ(Incoming().size(), 1);
  }
  EXPECT_THAT(Incoming(), IsEmpty());
  EXPECT_FALSE(vault_->Has(Sha256Of("weights")));
}

TEST_F(VaultTest, ACrashBeforeTheRenameLeavesNoObject) {
  auto upload = vault_->NewUpload(Sha256Of("weights"), 7);
  ASSERT_TRUE(upload.ok());
  ASSERT_TRUE(upload->Append("weights").ok());
  // The next process finds the finished object and nothing else.
  auto next = Vault::Open(folder_ + "/vault");
  ASSERT_TRUE(next.ok());
  EXPECT_THAT(Incoming(), IsEmpty());
  EXPECT_FALSE((*next)->Has(Sha256Of("weights")));
  EXPECT_FALSE(upload->Finish().ok());
  EXPECT_FALSE((*next)->Has(Sha256Of("weights")));
}

TEST_F(VaultTest, KnownContentIsTakenAtOnce) {
  ASSERT_TRUE(Upload("weights").ok());
  const ino_t before = StatOf(ObjectPath("weights")).st_ino;
  auto upload = vault_->NewUpload(Sha256Of("weights"), 7);
  ASSERT_TRUE(upload.ok());
  EXPECT_TRUE(upload->known());
  EXPECT_THAT(Incoming(), IsEmpty());
  EXPECT_TRUE(upload->Append("weights").ok());
  EXPECT_TRUE(upload->Finish().ok());
  EXPECT_EQ(StatOf(ObjectPath("weights")).st_ino, before);
}

TEST_F(VaultTest, AnObjectThatWasCutShortIsTakenAnew) {
  ASSERT_TRUE(Upload("weights").ok());
  ASSERT_TRUE(WriteFileAtomically(ObjectPath("weights"), "weig").ok());
  EXPECT_EQ(vault_->Read(Sha256Of("weights")).status().code(), absl::StatusCode::kDataLoss);
  ASSERT_TRUE(Upload("weights").ok());
  EXPECT_EQ(vault_->Read(Sha256Of("weights"))->bytes(), "weights");
}

TEST_F(VaultTest, DamageIsNoticedWhenRead) {
  ASSERT_TRUE(Upload("weights").ok());
  ASSERT_TRUE(WriteFileAtomically(ObjectPath("weights"), "weightZ").ok());
  const absl::Status status = vault_->Read(Sha256Of("weights")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr(ObjectPath("weights")));
}

TEST_F(VaultTest, ManyMayUploadTheSameAtOnce) {
  const std::string bytes(100000, 'w');
  std::vector<absl::Status> results(8);
  std::vector<std::thread> threads;
  for (absl::Status& result : results) {
    threads.emplace_back([this, &result, &bytes] { result = Upload(bytes); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& result : results) EXPECT_TRUE(result.ok()) << result;
  EXPECT_EQ(vault_->Read(Sha256Of(bytes))->bytes(), bytes);
  EXPECT_THAT(Incoming(), IsEmpty());
}

TEST_F(VaultTest, TwoUploadsOfTheSameMayOverlap) {
  auto first = vault_->NewUpload(Sha256Of("weights"), 7);
  auto second = vault_->NewUpload(Sha256Of("weights"), 7);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_TRUE(first->Append("wei").ok() && second->Append("weights").ok());
  EXPECT_TRUE(second->Finish().ok());
  EXPECT_TRUE(first->Append("ghts").ok() && first->Finish().ok());
  EXPECT_EQ(vault_->Read(Sha256Of("weights"))->bytes(), "weights");
}

TEST_F(VaultTest, AnObjectIsSyncedBeforeItHasItsNameAndItsNameAfter) {
  const std::string object = ObjectPath("weights");
  const std::string shard = object.substr(0, object.rfind('/'));
  std::vector<std::string> synced;
  const SyncSpy spy([&](const std::string& path) {
    synced.push_back(path + (vault_->Has(Sha256Of("weights")) ? " with it" : " without it"));
  });
  const std::string vault = folder_ + "/vault";
  ASSERT_TRUE(Upload("weights").ok());
  EXPECT_THAT(synced, ElementsAre(vault + "/incoming/0 without it", vault + "/objects without it",
                                  vault + "/objects with it", shard + " with it"));
  // A folder that was synced is not synced again while the program remembers it.
  synced.clear();
  ASSERT_TRUE(Upload("weights").ok());
  EXPECT_THAT(synced, IsEmpty());
  vault_ = *Vault::Open(vault);
  synced.clear();
  ASSERT_TRUE(Upload("weights").ok());
  EXPECT_THAT(synced, ElementsAre(vault + "/objects with it", shard + " with it"));
}

TEST_F(VaultTest, AnObjectGetsAReadableName) {
  ASSERT_TRUE(Upload("rows").ok());
  const std::string name = folder_ + "/predictions/T1w/r0-f2.tsv";
  // The second time over itself, which a bare rename would not clean up after.
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(vault_->LinkTo(Sha256Of("rows"), name).ok());
    EXPECT_EQ(StatOf(name).st_ino, StatOf(ObjectPath("rows")).st_ino);
  }
  ASSERT_TRUE(Upload("other rows").ok());
  ASSERT_TRUE(vault_->LinkTo(Sha256Of("other rows"), name).ok());
  EXPECT_EQ(ReadFile(name).value(), "other rows");
  EXPECT_EQ(vault_->Read(Sha256Of("rows"))->bytes(), "rows");
  EXPECT_THAT(ListFolder(folder_ + "/predictions/T1w").value(), ElementsAre("r0-f2.tsv"));
}

TEST_F(VaultTest, AnUnknownObjectGetsNoName) {
  const std::string name = folder_ + "/rows.tsv";
  EXPECT_EQ(vault_->LinkTo(Sha256Of("rows"), name).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReadFile(name).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(VaultTest, AFailedLinkLeavesNothingBeside) {
  ASSERT_TRUE(Upload("rows").ok());
  const std::string name = folder_ + "/predictions/rows.tsv";
  ASSERT_TRUE(MakeFolders(name + "/in the way").ok());
  EXPECT_FALSE(vault_->LinkTo(Sha256Of("rows"), name).ok());
  EXPECT_THAT(ListFolder(folder_ + "/predictions").value(), ElementsAre("rows.tsv"));
}

TEST_F(VaultTest, OnAnotherFilesystemTheNameIsACopy) {
  const std::string elsewhere = "/dev/shm/gyrus_vault_test";
  if (!MakeFolders(elsewhere).ok() || StatOf(elsewhere).st_dev == StatOf(folder_).st_dev) {
    GTEST_SKIP() << "/dev/shm is no other filesystem than " << folder_;
  }
  ASSERT_TRUE(Upload("rows").ok());
  const absl::Status status = vault_->LinkTo(Sha256Of("rows"), elsewhere + "/T1w/rows.tsv");
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(ReadFile(elsewhere + "/T1w/rows.tsv").value(), "rows");
  EXPECT_EQ(StatOf(elsewhere + "/T1w/rows.tsv").st_mode & 0777, 0444);
  EXPECT_THAT(ListFolder(elsewhere + "/T1w").value(), ElementsAre("rows.tsv"));
  EXPECT_TRUE(RemoveAll(elsewhere).ok());
}

}  // namespace
}  // namespace gyrus
