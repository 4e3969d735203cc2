// For tests of what survives a power cut. A test links gyrus_sync_spy.
#pragma once

#include <functional>
#include <string>

namespace gyrus {

// Sees every fsync and fdatasync of this program, also those of libraries,
// while it lives. One at a time.
class SyncSpy {
 public:
  // Called with the synced file's path before each sync, by the thread that
  // syncs; several may at once.
  explicit SyncSpy(std::function<void(const std::string& path)> seen);
  ~SyncSpy();
  SyncSpy(const SyncSpy&) = delete;
  SyncSpy& operator=(const SyncSpy&) = delete;
};

}  // namespace gyrus
