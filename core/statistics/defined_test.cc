#include "core/statistics/defined.h"

#include <sstream>
#include <type_traits>

#include "common/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::Optional;

Defined<double> Inverse(double x) {
  if (x < 0) return absl::InvalidArgumentError("x is negative");
  if (x == 0) return Undefined("x is zero");
  return 1 / x;
}

Defined<std::string> TextOfInverse(double x) {
  GYRUS_ASSIGN_OR_RETURN(const double inverse, Inverse(x));
  return std::to_string(static_cast<int>(inverse));
}

DefinedStatus CheckInverse(double x) {
  GYRUS_RETURN_IF_ERROR(Annotate(Inverse(x).status(), "inverting"));
  return {};
}

std::string Printed(const DefinedStatus& status) {
  std::ostringstream out;
  out << status;
  return out.str();
}

TEST(DefinedTest, HoldsAValue) {
  const Defined<double> result = Inverse(0.25);
  EXPECT_TRUE(result.ok());
  EXPECT_FALSE(result.is_undefined());
  EXPECT_EQ(*result, 4);
  EXPECT_TRUE(result.status().ok());
  EXPECT_EQ(result.status().message(), "");
  EXPECT_THAT(IfDefined(result), Optional(4.0));
  EXPECT_EQ(*result.Required(), 4);
}

TEST(DefinedTest, AnUndefinedResultIsNoErrorAndHasAReason) {
  const Defined<double> result = Inverse(0);
  EXPECT_FALSE(result.ok());
  EXPECT_TRUE(result.is_undefined());
  EXPECT_TRUE(result.status().error().ok());
  EXPECT_EQ(result.status().message(), "x is zero");
  EXPECT_EQ(IfDefined(result), std::nullopt);
  EXPECT_EQ(result.Required().status(), absl::FailedPreconditionError("x is zero"));
}

TEST(DefinedTest, AnErrorIsNotUndefined) {
  const Defined<double> result = Inverse(-1);
  EXPECT_FALSE(result.ok());
  EXPECT_FALSE(result.is_undefined());
  EXPECT_EQ(result.status().error(), absl::InvalidArgumentError("x is negative"));
  EXPECT_EQ(result.status().message(), "x is negative");
  EXPECT_EQ(result.Required().status(), absl::InvalidArgumentError("x is negative"));
  EXPECT_EQ(Defined<double>().status().error().code(), absl::StatusCode::kUnknown);
}

TEST(DefinedTest, TheMacrosKeepUndefinedResultsAndErrorsApart) {
  EXPECT_EQ(*TextOfInverse(0.5), "2");
  EXPECT_TRUE(TextOfInverse(0).is_undefined());
  EXPECT_FALSE(TextOfInverse(-1).is_undefined());
  EXPECT_TRUE(CheckInverse(1).ok());
  EXPECT_EQ(Printed(CheckInverse(0)), "undefined: inverting: x is zero");
  EXPECT_EQ(Printed(CheckInverse(-1)), "INVALID_ARGUMENT: inverting: x is negative");
  EXPECT_EQ(Printed(CheckInverse(1)), "OK");
}

// Otherwise a caller could take an undefined result for an error by accident.
TEST(DefinedTest, DoesNotBecomeAnAbseilStatusByItself) {
  EXPECT_FALSE((std::is_convertible_v<DefinedStatus, absl::Status>));
  EXPECT_FALSE((std::is_convertible_v<Undefined, absl::Status>));
  EXPECT_FALSE((std::is_convertible_v<Defined<double>, absl::StatusOr<double>>));
}

}  // namespace
}  // namespace gyrus
