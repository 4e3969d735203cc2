// What the images of one sample say about its brain, found while they are admitted, so
// that a plan can warn of whole heads and of recipes that cut through a brain.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "core/volume/volume.h"
#include "gyrus/v1/loader.pb.h"

namespace gyrus {

// Is given the images of one sample one after another, and keeps of each no more than
// its mask. Thread-compatible.
class BrainCheck {
 public:
  // `request` must outlive the object.
  explicit BrainCheck(const v1::AdmitRequest& request) : request_(request) {}

  // Fills in what an image of no labels says: Image.background and foreground_share.
  // `volume` is canonical (RAS).
  void AddImage(Volume volume, v1::Image& image);

  // The mask of the sample, from a file. Fills in Image.foreground_share.
  // INVALID_ARGUMENT: no voxel is inside.
  absl::Status AddMask(Volume volume, v1::Image& mask);

  // Adds to sample.brain_cuts what the request's preparations cut away, if that is at
  // least 0.5 % of the brain. All images are on one grid.
  void AddCuts(v1::Sample& sample) const;

 private:
  std::optional<Volume> BrainOf(const v1::Preparation& preparation) const;

  const v1::AdmitRequest& request_;
  // By channel, of images with a background; only where there are preparations.
  std::map<std::string, Volume> foregrounds_;
  std::optional<Volume> mask_;
};

}  // namespace gyrus
