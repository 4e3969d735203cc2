// Tests mistakes of users through the real programs: each gets one clear error and the
// right exit code, and nothing is lost.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "common/files.h"
#include "core/volume/gzip.h"
#include "core/volume/image.h"
#include "core/volume/nifti.h"
#include "gmock/gmock.h"
#include "tests/cluster/programs.h"

namespace gyrus {
namespace {

using ::testing::HasSubstr;

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

class BadInputTest : public ProgramsTest {
 protected:
  BadInputTest() {
    MakeCohort();
    manifest_ = ReadFile(In("cohort/participants.csv")).value_or("");
    first_image_ = Column(2, "t1w");
    second_image_ = Column(3, "t1w");
  }

  // The cell of a line (from 1) of the manifest.
  std::string Column(int line, const std::string& column) const {
    const auto cells = [this](int n) {
      std::vector<std::string> all;
      size_t at = 0;
      for (int i = 1; i < n; ++i) at = manifest_.find('\n', at) + 1;
      std::string text = manifest_.substr(at, manifest_.find('\n', at) - at) + ",";
      for (size_t comma; (comma = text.find(',')) != std::string::npos; text.erase(0, comma + 1)) {
        all.push_back(text.substr(0, comma));
      }
      return all;
    };
    const auto names = cells(1);
    return cells(line).at(std::find(names.begin(), names.end(), column) - names.begin());
  }
  std::string Image(const std::string& path) const {
    return ReadFile(In("cohort/" + path)).value_or("");
  }
  Volume Voxels(const std::string& path) const {
    auto image = ReadCanonicalNifti(Image(path));
    EXPECT_TRUE(image.ok()) << image.status();
    return image->volume;
  }
  void PutImage(const std::string& path, const std::string& bytes) { Put("cohort/" + path, bytes); }
  void PutManifest(const std::string& text) { Put("cohort/participants.csv", text); }

  std::string manifest_;
  std::string first_image_;
  std::string second_image_;
};

struct Case {
  const char* name;
  int exit_code;
  std::vector<std::string> says;  // All of these, on standard error.
  std::function<void(BadInputTest&)> spoil;
  std::vector<std::string> arguments;
};

class BadInputCases : public BadInputTest {
 public:
  std::vector<Case> Specs() {
    return {
        {"unknown key",
         2,
         {"--set train.epoch=3", "did you mean 'epochs'"},
         nullptr,
         {"--set", "train.epoch=3"}},
        {"wrong type", 2, {"train.epochs", "many"}, nullptr, {"--set", "train.epochs=many"}},
        {"negative epochs", 2, {"train.epochs", "-3"}, nullptr, {"--set", "train.epochs=-3"}},
        {"k above the number of subjects", 2, {"k", "12"}, nullptr, {"--set", "split.kfold.k=13"}},
        {"input too small for the network",
         2,
         {"does not fit resnet3d", "resnet3d"},
         nullptr,
         {"--set", "recipe.1.crop_or_pad=[32,32,32]"}},
        {"more slots than leaves",
         2,
         {"more slots than leaves"},
         nullptr,
         {"--set", "resources.slots_per_trial=8"}},
    };
  }

  std::vector<Case> Images() {
    return {
        {"missing image",
         3,
         {"line 2", first_image_},
         [this](auto&) { ASSERT_TRUE(RemoveAll(In("cohort/" + first_image_)).ok()); },
         {}},
        {"truncated gz",
         3,
         {"line 2", first_image_},
         [this](auto&) {
           const std::string bytes = Image(first_image_);
           PutImage(first_image_, bytes.substr(0, bytes.size() / 2));
         },
         {}},
        {"flipped byte in gz",
         3,
         {"line 2", first_image_},
         [this](auto&) {
           std::string bytes = Image(first_image_);
           bytes[bytes.size() / 2] ^= 0x40;
           PutImage(first_image_, bytes);
         },
         {}},
        {"NaN voxels",
         3,
         {"line 2", first_image_, "NaN"},
         [this](auto&) {
           Volume volume = Voxels(first_image_);
           volume.voxels[1000] = std::numeric_limits<float>::quiet_NaN();
           PutImage(first_image_, Gzip(SerializeNifti(volume)));
         },
         {}},
        {"4D image",
         3,
         {"line 2", first_image_, "4D"},
         [this](auto&) {
           const std::string one = SerializeNifti(Voxels(first_image_));
           std::string two = one + one.substr(352);
           two[40] = 4;  // dim[0]
           two[48] = 2;  // dim[4]
           PutImage(first_image_, Gzip(two));
         },
         {}},
    };
  }

  std::vector<Case> Tables() {
    return {
        {"missing manifest",
         3,
         {"none.csv"},
         nullptr,
         {"--set", "cohorts.phantoms.manifest=" + In("cohort/none.csv")}},
        {"missing column",
         2,
         {"participants.csv:1", "no column 'weight'", "subject_id"},
         nullptr,
         {"--set", "task.regression.target=weight"}},
        {"target n/a",
         3,
         {"participants.csv:2", "age", "n/a"},
         [this](auto&) { PutManifest(Replaced(manifest_, Column(2, "age"), "n/a")); },
         {}},
        {"duplicate row",
         3,
         {"participants.csv:14", "line 13"},
         [this](auto&) {
           const size_t last = manifest_.rfind('\n', manifest_.size() - 2) + 1;
           PutManifest(manifest_ + manifest_.substr(last));
         },
         {}},
        {"two subjects with the same voxels",
         3,
         {first_image_, second_image_, "same"},
         [this](auto&) { PutImage(second_image_, Image(first_image_)); },
         {}},
        {"constant target",
         3,
         {"age", "nothing to learn"},
         [this](auto&) {
           std::string text = manifest_;
           for (int line = 2; line <= 13; ++line) {
             text = Replaced(text, "," + Column(line, "age") + ",", ",50,");
           }
           PutManifest(text);
         },
         {}},
    };
  }

  void Check(const Case& bad) {
    SCOPED_TRACE(bad.name);
    if (bad.spoil) bad.spoil(*this);
    const Ran ran = RunExperiment("out", bad.arguments);
    EXPECT_EQ(ran.exit_code, bad.exit_code) << ran.err;
    for (const std::string& word : bad.says) EXPECT_THAT(ran.err, HasSubstr(word));
    // Progress may come before it; the error itself is short.
    const size_t begin = std::min(ran.err.find("gyrus: "), ran.err.size());
    EXPECT_LE(std::count(ran.err.begin() + begin, ran.err.end(), '\n'), 12) << ran.err;
    EXPECT_THAT(StillRunning(folder_), testing::IsEmpty());
    // As it was, for the next one.
    PutManifest(manifest_);
    ASSERT_TRUE(RemoveAll(In("out")).ok());
  }
};

TEST_F(BadInputCases, AKeyThatIsNotKnownNamesFileAndLine) {
  Put("tiny.yaml", Replaced(Experiment(), "  epochs: 5", "  epoch: 5"));
  const Ran ran = RunProgram({ProgramPath("gyrus"), "run", In("tiny.yaml"), "--out", In("out")});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("tiny.yaml:16: train: unknown key 'epoch'; did you mean"));
}

TEST_F(BadInputCases, AnExperimentThatCannotRun) {
  for (const Case& bad : Specs()) Check(bad);
}

TEST_F(BadInputCases, ImagesThatCannotBeUsed) {
  const std::string first = Image(first_image_);
  const std::string second = Image(second_image_);
  for (const Case& bad : Images()) {
    Check(bad);
    PutImage(first_image_, first);
    PutImage(second_image_, second);
  }
}

TEST_F(BadInputCases, TablesThatCannotBeUsed) {
  const std::string first = Image(first_image_);
  const std::string second = Image(second_image_);
  for (const Case& bad : Tables()) {
    Check(bad);
    PutImage(first_image_, first);
    PutImage(second_image_, second);
  }
}

TEST_F(BadInputCases, AnOutputFolderThatCannotBeUsed) {
  // Nobody may make a folder there, not even root.
  Put("tiny.yaml", Experiment());
  const Ran read_only =
      RunProgram({ProgramPath("gyrus"), "run", In("tiny.yaml"), "--out", "/sys/gyrus-run"});
  EXPECT_EQ(read_only.exit_code, 2) << read_only.err;
  EXPECT_THAT(read_only.err, HasSubstr("/sys/gyrus-run"));

  ASSERT_TRUE(MakeFolders(In("newer")).ok());
  Put("newer/FORMAT", "gyrus-run 999\n");
  const Ran newer = RunExperiment("newer");
  EXPECT_EQ(newer.exit_code, 2) << newer.err;
  EXPECT_THAT(newer.err, HasSubstr("newer version"));
  EXPECT_EQ(ListFolder(In("newer")).value(), std::vector<std::string>{"FORMAT"});

  ASSERT_TRUE(MakeFolders(In("other")).ok());
  Put("other/thesis.txt", "mine");
  EXPECT_EQ(RunExperiment("other").exit_code, 2);
  EXPECT_EQ(ReadFile(In("other/thesis.txt")).value(), "mine");
}

TEST_F(BadInputCases, APortInUse) {
  const UniqueFd socket_fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  ASSERT_EQ(bind(socket_fd.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(listen(socket_fd.get(), 1), 0);
  ASSERT_EQ(getsockname(socket_fd.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  const std::string place = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  const Ran ran = RunProgram(
      {ProgramPath("gyrus-coordinator"), "serve", "--dir", In("run"), "--listen", place});
  EXPECT_EQ(ran.exit_code, 4) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr(place));
}

}  // namespace
}  // namespace gyrus
