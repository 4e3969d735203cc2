// Points and distances to simple bodies, in millimetres, from which synthetic brains are
// built.
//
// Only operations are used whose rounding IEEE 754 prescribes (+ - * / sqrt floor), so
// that every machine computes the same bits. The last bit of other functions of the C
// library may differ between machines.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>

namespace gyrus {

using Vec3 = std::array<double, 3>;  // x to Right, y to Anterior, z to Superior

inline double Dot(const Vec3& a, const Vec3& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }
inline double Length(const Vec3& a) { return std::sqrt(Dot(a, a)); }
inline Vec3 Minus(const Vec3& a, const Vec3& b) { return {a[0] - b[0], a[1] - b[1], a[2] - b[2]}; }

// The point mirrored to the right side, so that bodies which come in pairs are described
// once.
inline Vec3 Mirrored(const Vec3& p) { return {std::abs(p[0]), p[1], p[2]}; }

struct Ellipsoid {
  Vec3 centre;
  Vec3 radii;
};

// How deep `p` lies inside, in millimetres: approximately the distance to the surface,
// negative outside. It is exact for spheres and on the surface.
inline double Depth(const Ellipsoid& e, const Vec3& p) {
  const Vec3 d = Minus(p, e.centre);
  const Vec3 once = {d[0] / e.radii[0], d[1] / e.radii[1], d[2] / e.radii[2]};
  const Vec3 twice = {once[0] / e.radii[0], once[1] / e.radii[1], once[2] / e.radii[2]};
  const double gradient = Length(twice);
  if (gradient == 0) return std::min({e.radii[0], e.radii[1], e.radii[2]});
  const double level = Length(once);
  return level * (1 - level) / gradient;
}

// The maximum of a and b, with the edge between them rounded over a width of `blend`.
inline double SmoothMax(double a, double b, double blend) {
  const double h = std::max(blend - std::abs(a - b), 0.0) / blend;
  return std::max(a, b) + h * h * blend * 0.25;
}

// The share of a voxel with the given `edge` that lies inside, where its centre lies at
// `depth` below the surface.
inline double Inside(double depth, double edge) {
  const double t = std::clamp(0.5 + depth / edge, 0.0, 1.0);
  return t * t * (3 - 2 * t);
}

// A wave made of two parabolas, similar to a sine: its period is 1, and its values are
// within [-1, 1].
inline double Wave(double turns) {
  const double t = turns - std::floor(turns);
  return t < 0.5 ? 16 * t * (0.5 - t) : -16 * (t - 0.5) * (1 - t);
}

inline double WaveSlope(double turns) {
  const double t = turns - std::floor(turns);
  return t < 0.5 ? 8 - 32 * t : 32 * t - 24;
}

}  // namespace gyrus
