// The real programs, run by tests.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace gyrus {

// Where the built programs lie.
std::string ProgramPath(const std::string& name);

struct Ran {
  int exit_code = -1;  // A negative number is the signal that ended it.
  std::string out;
  std::string err;
};

// Runs a program to its end.
Ran RunProgram(std::vector<std::string> arguments);

// A folder of its own for each test, with a small synthetic cohort.
class ProgramsTest : public testing::Test {
 protected:
  ProgramsTest();
  ~ProgramsTest() override;

  std::string In(const std::string& name) const { return folder_ + "/" + name; }
  void Put(const std::string& name, const std::string& text) const;
  // 12 subjects in cohort/, made by `gyrus phantom`.
  void MakeCohort() const;
  // 4 others in clinic/.
  void MakeClinic() const;
  // A tiny network on the cohort: 5 epochs of 2 steps.
  std::string Experiment() const;
  // The same, with the clinic as an external cohort.
  std::string ExperimentWithClinic() const;
  // `gyrus run` of Experiment(), with --json, into a run folder of that name.
  Ran RunExperiment(const std::string& out, std::vector<std::string> more = {}) const;

  const std::string folder_;
};

// The object that --json prints; a failed expectation and null if there is none.
nlohmann::json JsonOf(const Ran& ran);

// Programs of this machine that were started with `mark` in their arguments and
// still run.
std::vector<std::string> StillRunning(const std::string& mark);

}  // namespace gyrus
