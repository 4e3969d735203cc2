#include "dataloader/phantom/head.h"

#include <algorithm>
#include <cmath>

#include "common/random.h"

namespace gyrus {
namespace {

// Positions below are in the frame of a head of size 1, mirrored to the right
// side where a body comes in pairs.
constexpr Ellipsoid kTemporalLobe = {{38, 6, -24}, {23, 42, 21}};
constexpr Ellipsoid kCerebellum = {{0, -46, -38}, {46, 30, 22}};
constexpr Ellipsoid kBrainstem = {{0, -18, -42}, {12, 14, 30}};
constexpr Ellipsoid kThalamus = {{11, -10, 3}, {8, 13, 8}};
constexpr Ellipsoid kPutamen = {{26, 4, 2}, {6, 17, 9}};
constexpr Ellipsoid kCaudate = {{15, 18, 9}, {5, 12, 8}};

// Depth below the smooth outline of the cerebrum: narrow in front, flat below.
double CerebrumDepth(const Vec3& p) {
  const double forward = p[1] / 80;
  const double widening = 1 + 0.10 * forward + 0.06 * forward * forward;
  const double dome = Depth({{0, 2, 8}, {62, 80, 52}}, {p[0] * widening, p[1], p[2]});
  const double floor = p[2] + 26 + 0.15 * p[1];
  return -SmoothMax(-dome, -floor, 14);
}

// Distance from the sheets along which the cortex folds in: where a sum of
// waves is zero, to first order, down to a certain depth below the outline.
double FoldDistance(const Head& head, const Vec3& p, double depth) {
  // Waves run over directions, so that sheets go inward; near the centre over
  // places, so that they do not crowd.
  const double radius = std::max(Length(p), 50.0);
  const Vec3 n = {p[0] / radius, p[1] / radius, p[2] / radius};
  constexpr std::array<Vec3, 6> kWaves = {Vec3{1.7, 0.5, 0.3},  Vec3{-0.4, 1.9, 0.6},
                                          Vec3{0.5, -0.7, 1.7}, Vec3{1.2, 1.3, -0.9},
                                          Vec3{-1.1, 0.8, 1.4}, Vec3{0.9, -1.2, 1.1}};
  double level = 0;
  Vec3 slope = {};
  for (size_t i = 0; i < kWaves.size(); ++i) {
    const double turns = Dot(kWaves[i], n) + head.fold_phases[i];
    level += Wave(turns);
    const double steepness = WaveSlope(turns) / radius;
    for (int a = 0; a < 3; ++a) slope[a] += steepness * kWaves[i][a];
  }
  constexpr double kReachMm = 13;
  const double along = std::abs(level) / std::max(Length(slope), 0.02);
  const double below = std::max(depth - kReachMm, 0.0);
  return std::sqrt(along * along + below * below);
}

// Distance from the fissure between the hemispheres, above the corpus callosum.
double MidlineDistance(const Vec3& p) {
  const double callosum = std::max(Depth({{0, -2, 6}, {1000, 44, 20}}, p), 0.0);
  const double below = std::max(-12 - p[2], 0.0);
  return std::sqrt(p[0] * p[0] + callosum * callosum + below * below);
}

// Distance from the cleft above the temporal lobe.
double SylvianDistance(const Vec3& p) {
  const double across = p[2] + 7 - 0.3 * p[1];
  const double medial = std::max(36 - p[0], 0.0);
  const double behind = std::max(std::abs(p[1] - 6) - 32, 0.0);
  return std::sqrt(across * across + medial * medial + behind * behind);
}

// The lateral ventricles consist of a body, an atrium and a temporal horn. The surfaces of
// body and atrium are blended smoothly. All parts grow with `ventricle_ageing`.
double VentricleDepth(const Head& head, const Vec3& p) {
  const double g = head.ventricle_ageing;
  const Vec3 m = Mirrored(p);
  const Ellipsoid body = {{6.5 + 4 * g, 5, 12 + g}, {4 + 6 * g, 32 + 5 * g, 5 + 8 * g}};
  const Ellipsoid atrium = {{19 + 4 * g, -34, 8}, {5 + 6 * g, 16 + 6 * g, 7 + 6 * g}};
  const Ellipsoid temporal = {{32, -10, -16}, {2.5 + 3 * g, 20, 2.5 + 3 * g}};
  const Ellipsoid third = {{0, -4, -2}, {1.5 + 2.5 * g, 13, 9}};
  const double lateral = SmoothMax(Depth(body, m), Depth(atrium, m), 6);
  return std::max({lateral, Depth(temporal, m), Depth(third, p)});
}

// Tissue of the cerebrum at `depth` below its outline.
Tissue CerebrumTissue(const Head& head, const Vec3& p, double depth, double edge) {
  const Vec3 m = Mirrored(p);
  const double rim = 0.4 + 3.0 * head.sulcus_ageing;
  const double open = 0.4 + 1.6 * head.sulcus_ageing;
  const double thickness = 6.6 - 2.6 * head.cortex_ageing;
  const double fold =
      std::min({FoldDistance(head, p, depth), MidlineDistance(p), SylvianDistance(m)});
  const double below_pia = std::min(depth - rim, fold - open);
  const double deep_grey = std::max({Depth(kThalamus, m), Depth(kPutamen, m), Depth(kCaudate, m)});
  const double csf = 1 - Inside(below_pia, edge);
  const double grey = std::max(1 - Inside(below_pia - thickness, edge), Inside(deep_grey, edge));
  return {csf, (1 - csf) * grey, (1 - csf) * (1 - grey)};
}

Tissue CerebellumTissue(const Vec3& p, double depth, double edge) {
  // Folia: leaves about the middle, stacked from below to above.
  const Vec3 from_stem = Minus(p, {0, -30, -36});
  const double leaf = Wave((from_stem[2] - 0.2 * from_stem[1]) / 11);
  const double rim = 0.8 * (1 - Inside(depth - 0.5, edge));
  const double cleft = 0.3 * std::max(leaf, 0.0) * Inside(8 - depth, edge);
  const double csf = std::max(rim, cleft);
  const double white = Inside(depth - 10 - 2 * leaf, edge);
  return {csf, (1 - csf) * (1 - white), (1 - csf) * white};
}

Tissue Mixed(const Tissue& a, double share, const Tissue& b) {
  const double rest = 1 - share;
  return {share * a.csf + rest * b.csf, share * a.grey + rest * b.grey,
          share * a.white + rest * b.white};
}

}  // namespace

Head DrawHead(const PhantomSubject& subject, uint64_t seed) {
  RandomStream random(seed, "phantom head", subject.index);
  const auto around = [&random](double middle, double reach) {
    return middle + reach * (2 * random.NextUnit() - 1);
  };
  const double age = (subject.age_years - 20) / 60;
  Head head;
  head.size = subject.head_size;
  head.ventricle_ageing = around(age, 0.02);
  head.cortex_ageing = around(age, 0.04);
  head.sulcus_ageing = around(age, 0.04);
  constexpr std::array<double, 6> kPhases = {0.13, 0.71, 0.42, 0.88, 0.27, 0.55};
  for (size_t i = 0; i < kPhases.size(); ++i) head.fold_phases[i] = around(kPhases[i], 0.02);
  return head;
}

Tissue TissueAt(const Head& head, const Vec3& room_mm, double edge_mm) {
  const Vec3 p = {room_mm[0] / head.size, room_mm[1] / head.size, room_mm[2] / head.size};
  const double edge = edge_mm / head.size;
  const Vec3 m = Mirrored(p);
  const double cerebrum = SmoothMax(CerebrumDepth(p), Depth(kTemporalLobe, m), 8);
  const double cerebellum = Depth(kCerebellum, p);
  const double stem = Depth(kBrainstem, p);
  if (std::max({cerebrum, cerebellum, stem}) <= 0) return {};

  Tissue tissue;
  if (stem > std::max(cerebrum, 0.0) && stem > cerebellum - 8) {
    tissue = {1 - Inside(stem, edge), 0.25 * Inside(stem, edge), 0.75 * Inside(stem, edge)};
  } else if (cerebellum > cerebrum) {
    tissue = CerebellumTissue(p, cerebellum, edge);
  } else {
    tissue = CerebrumTissue(head, p, cerebrum, edge);
  }
  return Mixed({1, 0, 0}, Inside(VentricleDepth(head, p), edge), tissue);
}

}  // namespace gyrus
