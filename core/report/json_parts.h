// The parts of a result as JSON, which result_json.h puts together.
#pragma once

#include <optional>
#include <string>

#include "gyrus/v1/result.pb.h"
#include "gyrus/v1/spec.pb.h"
#include "nlohmann/json.hpp"

namespace gyrus {

using Json = nlohmann::ordered_json;

Json OrNull(std::optional<double> number);
Json TextOrNull(const std::string& text);
// The JSON in one line. Bytes that are not UTF-8 are replaced, because a message may quote
// a file.
std::string Dump(const Json& json);

// {with, metric, alternative, correction, seed, resamples,
//  arms: [{arm, difference?: ESTIMATE, tests: [TEST], error_difference?: ESTIMATE,
//          effect_size?: ESTIMATE}],
//  all_arms: [TEST]}
//
// ESTIMATE is {value, lower, upper, n, method, reason?}; TEST is {name, test,
// variant, statistic_name, statistic, df, p, p_corrected, n, ties, zeros,
// correction, sentence} or {name, reason}.
Json ComparisonsToJson(const v1::Comparisons& comparisons);

// {by, arm, groups: [GROUP], all: GROUP, outside, without_target}; GROUP is
// {name, n, mae, lower, upper, reason?}.
Json BaselineComparisonToJson(const v1::BaselineComparison& comparison);
Json GroupTableToJson(const v1::GroupTable& table);

// {alpha, percent, n, reason?}
Json CumulativeScoreToJson(const v1::CumulativeScore& score);

// {method, sentence, uncorrected: GAPS, corrected: GAPS, folds: [{repeat, fold,
//  slope, intercept, n, reason?, correction, gaps}]}; GAPS is {n, gap_sd,
//  gap_age_correlation, reason?}.
Json BiasToJson(const v1::BiasResult& bias);

// The names that the experiment file uses: "two_sided", "holm", "cole".
std::string NameOf(v1::Alternative alternative);
std::string NameOf(v1::Correction correction);
std::string NameOf(v1::BiasMethod method);
std::string NameOf(v1::TestKind kind);

}  // namespace gyrus
