#include "cli/shell_line.h"

#include <cstdio>

#include "gtest/gtest.h"

namespace gyrus::cli {
namespace {

TEST(ShellLineTest, PlainWordsStayAsTheyAre) {
  EXPECT_EQ(ShellLine({"gyrus", "run", "age.yaml", "--set", "train.epochs=3"}),
            "gyrus run age.yaml --set train.epochs=3");
}

TEST(ShellLineTest, AShellReadsTheSameWords) {
  for (const std::string word : {"", "my study.yaml", "arms={T1w: {channels: [T1w]}}", "it's",
                                 "$HOME", "a\\b", "a\nb", "*", "~", "#x", "!x", "=ls",
                                 "Gr\xc3\xb6\xc3\x9f"
                                 "e",
                                 "a;b", "\"q\""}) {
    const std::string line = "printf '%s.' " + ShellWord(word);
    FILE* const pipe = popen(line.c_str(), "r");
    ASSERT_NE(pipe, nullptr);
    std::string read;
    for (int c; (c = fgetc(pipe)) != EOF;) read.push_back(static_cast<char>(c));
    EXPECT_EQ(pclose(pipe), 0) << line;
    EXPECT_EQ(read, word + ".") << line;
  }
}

}  // namespace
}  // namespace gyrus::cli
