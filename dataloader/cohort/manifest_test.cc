#include "dataloader/cohort/manifest.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::HasSubstr;

v1::AdmitRequest Request() {
  v1::AdmitRequest request;
  request.mutable_cohort()->set_name("c");
  (*request.mutable_cohort()->mutable_images())["T1w"] = "{subject}/{session}_T1w.nii";
  (*request.mutable_cohort()->mutable_columns())["subject"] = "MRID";
  (*request.mutable_cohort()->mutable_columns())["age_years"] = "Age";
  request.add_channels("T1w");
  request.add_numeric_columns("age_years");
  return request;
}

Manifest Read(const std::string& text, const v1::AdmitRequest& request = Request()) {
  auto manifest = ReadManifest(request, text, "m.csv");
  EXPECT_TRUE(manifest.ok()) << manifest.status();
  return manifest.ok() ? *std::move(manifest) : Manifest();
}

TEST(ManifestTest, MapsColumnsAndFillsPatterns) {
  const Manifest manifest = Read("MRID,Age,session,site\ns1,70.5,v2,A\n");
  ASSERT_EQ(manifest.samples.size(), 1);
  const v1::Sample& sample = manifest.samples[0];
  EXPECT_EQ(sample.id(), "c/s1/v2");
  EXPECT_EQ(sample.subject_key(), "c/s1");
  EXPECT_EQ(sample.site(), "A");
  EXPECT_EQ(sample.line(), 2);
  EXPECT_EQ(sample.numbers().at("age_years"), 70.5);
  EXPECT_EQ(sample.images(0).path(), "s1/v2_T1w.nii");
}

TEST(ManifestTest, WithoutPatternsColumnsNamedLikeChannelsHoldThePaths) {
  v1::AdmitRequest request = Request();
  request.mutable_cohort()->clear_images();
  EXPECT_EQ(Read("MRID,Age,T1w\ns1,70,a.nii\n", request).samples[0].images(0).path(), "a.nii");
}

TEST(ManifestTest, AVisitThatIsNotGivenIsTheFirst) {
  v1::AdmitRequest request = Request();
  (*request.mutable_cohort()->mutable_images())["T1w"] = "{MRID}.nii";
  EXPECT_EQ(Read("MRID,Age\ns1,70\n", request).samples[0].id(), "c/s1/1");
}

TEST(ManifestTest, EveryBadRowIsTold) {
  const Manifest manifest = Read(
      "MRID,Age,session\n"
      "s1,n/a,1\n"
      "s2,70,1\n"
      ",70,1\n"
      "s3,\"26,9\",1\n"
      "s2,71,1\n"
      "a/b,70,1\n"
      "s4,inf,1\n");
  ASSERT_EQ(manifest.reasons.size(), 6);
  EXPECT_EQ(manifest.reasons[0].message(), "m.csv:2: column Age: 'n/a' is no number");
  EXPECT_EQ(manifest.reasons[1].message(), "m.csv:4: the subject is empty");
  EXPECT_THAT(manifest.reasons[2].message(), HasSubstr("m.csv:5: column Age: '26,9' is no number"));
  EXPECT_THAT(manifest.reasons[2].message(), HasSubstr("decimal point"));
  EXPECT_EQ(manifest.reasons[3].message(), "m.csv:6: the same subject and session as line 3");
  EXPECT_THAT(manifest.reasons[4].message(), HasSubstr("m.csv:7: the subject must be"));
  EXPECT_THAT(manifest.reasons[5].message(), HasSubstr("m.csv:8: column Age: 'inf'"));
  for (const v1::Reason& reason : manifest.reasons) {
    EXPECT_EQ(reason.code(), v1::REASON_CODE_BAD_DATA);
  }
}

TEST(ManifestTest, NumbersThatNeedNotBeThereMayBeMissingButNotWrong) {
  v1::AdmitRequest request = Request();
  request.add_optional_numeric_columns("iq");
  const Manifest manifest = Read(
      "MRID,Age,session,iq\n"
      "s1,70,1,n/a\n"
      "s2,70,1,\n"
      "s3,70,1,101.5\n"
      "s4,70,1,high\n",
      request);
  ASSERT_EQ(manifest.samples.size(), 3);
  EXPECT_FALSE(manifest.samples[0].numbers().contains("iq"));
  EXPECT_FALSE(manifest.samples[1].numbers().contains("iq"));
  EXPECT_EQ(manifest.samples[2].numbers().at("iq"), 101.5);
  ASSERT_EQ(manifest.reasons.size(), 1);
  EXPECT_EQ(manifest.reasons[0].message(), "m.csv:5: column iq: 'high' is no number");
}

TEST(ManifestTest, AColumnThatIsNotThereNamesThoseThatAre) {
  const auto manifest = ReadManifest(Request(), "MRID,age,session\ns1,70,1\n", "m.csv");
  EXPECT_EQ(manifest.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(manifest.status().message(),
            "m.csv:1: there is no column 'Age' that the experiment asks for; there are MRID, age, "
            "session");
  EXPECT_EQ(ReadManifest(Request(), "id,Age\n", "m.csv").status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(ManifestTest, APatternNamesItsUnknownColumn) {
  v1::AdmitRequest request = Request();
  (*request.mutable_cohort()->mutable_images())["T1w"] = "{nope}.nii";
  const auto manifest = ReadManifest(request, "MRID,Age\ns1,70\n", "m.csv");
  EXPECT_THAT(std::string(manifest.status().message()), HasSubstr("channel T1w"));
  EXPECT_THAT(std::string(manifest.status().message()), HasSubstr("'nope'"));
}

TEST(ManifestTest, AManifestWithoutRowsIsRefused) {
  EXPECT_EQ(Read("MRID,Age,session\n").reasons.size(), 1);
}

}  // namespace
}  // namespace gyrus
