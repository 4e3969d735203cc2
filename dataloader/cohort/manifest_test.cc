#include "dataloader/cohort/manifest.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
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
  EXPECT_EQ(manifest.reasons[2].message(), "m.csv:6: the same subject and session as line 3");
  EXPECT_THAT(manifest.reasons[3].message(),
              HasSubstr("m.csv:7: the subject is 'a/b'; it must be"));
  EXPECT_THAT(manifest.reasons[4].message(), HasSubstr("m.csv:8: column Age: 'inf'"));
  EXPECT_THAT(manifest.reasons[5].message(), HasSubstr("m.csv:5: column Age: '26,9' is no number"));
  EXPECT_THAT(manifest.reasons[5].message(), HasSubstr("decimal point"));
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
            "m.csv:1: there is no column 'Age' that the experiment asks for; did you mean 'age'?");
  EXPECT_EQ(ReadManifest(Request(), "MRID,IQ,session\ns1,70,1\n", "m.csv").status().message(),
            "m.csv:1: there is no column 'Age' that the experiment asks for; there are MRID, IQ, "
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

std::vector<std::string> ReasonsOf(const std::string& text,
                                   const v1::AdmitRequest& request = Request()) {
  std::vector<std::string> messages;
  for (const v1::Reason& reason : Read(text, request).reasons) messages.push_back(reason.message());
  return messages;
}

TEST(ManifestTest, DecimalCommasAreOneReasonForEachColumn) {
  EXPECT_THAT(ReasonsOf("MRID;Age;session\ns1;20,0;1\ns2;21,5;1\ns3;22;1\n"),
              testing::ElementsAre("m.csv:2: column Age: '20,0' is no number; write a decimal "
                                   "point, and nothing between thousands (and 1 more rows have a "
                                   "comma)"));
}

TEST(ManifestTest, NamesAreTrimmedAndInOneNormalForm) {
  // A no-break space after the subject; "é" as one character and as two.
  const Manifest manifest = Read(
      "MRID,Age\xc2\xa0,session,site,family\n"
      "s1,70,1,Besan\xc3\xa7on,f\n"
      "s1\xc2\xa0,71,2,Besanc\xcc\xa7on \xe2\x80\x8b,f\xc2\xa0\n");
  ASSERT_EQ(manifest.samples.size(), 2);
  EXPECT_EQ(manifest.samples[0].subject_key(), manifest.samples[1].subject_key());
  EXPECT_EQ(manifest.samples[0].site(), manifest.samples[1].site());
  EXPECT_EQ(manifest.samples[0].family_key(), manifest.samples[1].family_key());
  EXPECT_EQ(manifest.samples[1].images(0).path(), "s1/2_T1w.nii");
}

TEST(ManifestTest, ColumnsAreFoundByTheirCanonicalNames) {
  v1::AdmitRequest request = Request();
  (*request.mutable_cohort()->mutable_columns())["age_years"] = "\xc3\x82ge ";
  EXPECT_EQ(Read("MRID,A\xcc\x82ge,session\ns1,70,1\n", request).samples.size(), 1);
}

TEST(ManifestTest, NamesThatOnlyLookTheSameAreRefusedWithBothLines) {
  v1::AdmitRequest request = Request();
  request.add_text_columns("sex");
  const std::string head = "MRID,Age,session,site,family,sex\n";
  EXPECT_THAT(
      ReasonsOf(head + "12,70,1,A,f,M\n12.0,70,1,A,f,M\n", request),
      testing::ElementsAre(HasSubstr("m.csv:3: subject '12.0' and '12' of line 2 look alike")));
  EXPECT_THAT(ReasonsOf(head + "s1,70,1,A,f,M\nS1,70,1,A,f,M\n", request),
              testing::ElementsAre(HasSubstr("subject 'S1' and 's1' of line 2")));
  EXPECT_THAT(
      ReasonsOf(head + "s1,70,1,A,0,M\ns2,70,1,A,0.0,M\ns3,70,1,A,00,M\n", request),
      testing::ElementsAre(testing::AllOf(HasSubstr("m.csv:3: family '0.0' and '0' of line 2"),
                                          HasSubstr("(and 1 more such texts)"))));
  EXPECT_THAT(ReasonsOf(head + "s1,70,1,Site A,f,M\ns2,70,1,site A,f,m\n", request),
              testing::ElementsAre(HasSubstr("column sex 'm' and 'M'"),
                                   HasSubstr("site 'site A' and 'Site A'")));
  // Sessions of two people have nothing to do with each other.
  EXPECT_THAT(ReasonsOf(head + "s1,70,1,A,f,M\ns2,70,01,A,f,M\n", request), testing::IsEmpty());
  EXPECT_THAT(ReasonsOf(head + "s1,70,1,A,f,M\ns1,70,01,A,f,M\n", request),
              testing::ElementsAre(HasSubstr("session '01' and '1' of line 2")));
  EXPECT_THAT(ReasonsOf(head + "s1,70,1,A,n/a,M\ns2,70,1,A,N/A,M\n", request), testing::IsEmpty());
}

TEST(ManifestTest, AMissingSessionIsNoSession) {
  for (const std::string word : {"n/a", "NA", "", "."}) {
    const Manifest manifest = Read("MRID,Age,session\ns1,70," + word + "\n");
    ASSERT_EQ(manifest.samples.size(), 1) << word;
    EXPECT_EQ(manifest.samples[0].id(), "c/s1/1");
  }
  EXPECT_THAT(ReasonsOf("MRID,Age,session\ns1,70,n/a\ns1,71,1\n"),
              testing::ElementsAre("m.csv:3: the same subject and session as line 2"));
  EXPECT_THAT(
      ReasonsOf("MRID,Age,session\nn/a,70,1\n"),
      testing::ElementsAre("m.csv:2: the subject is 'n/a', which stands for a missing value"));
  EXPECT_THAT(ReasonsOf("MRID,Age,session\ns\xc2\xa0"
                        "1,70,1\n"),
              testing::ElementsAre(HasSubstr("without blank or '/'")));
}

TEST(ManifestTest, NoMessageHoldsAWholeTable) {
  std::string header = "MRID,session";
  for (int i = 0; i < 3000; ++i) absl::StrAppend(&header, ",phenotype", i);
  const auto manifest = ReadManifest(Request(), header + "\n", "m.csv");
  EXPECT_LT(manifest.status().message().size(), 600);
  EXPECT_THAT(std::string(manifest.status().message()), HasSubstr("and 2982 more"));
}

TEST(ManifestTest, AManifestWithoutRowsIsRefused) {
  EXPECT_EQ(Read("MRID,Age,session\n").reasons.size(), 1);
}

}  // namespace
}  // namespace gyrus
