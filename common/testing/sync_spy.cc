#include "common/testing/sync_spy.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"

namespace gyrus {
namespace {

using Seen = std::function<void(const std::string&)>;

ABSL_CONST_INIT absl::Mutex mu(absl::kConstInit);
std::shared_ptr<const Seen> current ABSL_GUARDED_BY(mu);

void Tell(int fd) {
  std::shared_ptr<const Seen> seen;
  {
    absl::MutexLock lock(&mu);
    seen = current;
  }
  if (seen == nullptr) return;
  std::string path(4096, '\0');
  const ssize_t size =
      readlink(absl::StrCat("/proc/self/fd/", fd).c_str(), path.data(), path.size());
  path.resize(size < 0 ? 0 : size);
  (*seen)(path);
}

}  // namespace

SyncSpy::SyncSpy(Seen seen) {
  absl::MutexLock lock(&mu);
  current = std::make_shared<const Seen>(std::move(seen));
}

SyncSpy::~SyncSpy() {
  absl::MutexLock lock(&mu);
  current = nullptr;
}

}  // namespace gyrus

// In place of the C library's, for all of this program.
extern "C" int fsync(int fd) {
  gyrus::Tell(fd);
  return static_cast<int>(syscall(SYS_fsync, fd));
}

extern "C" int fdatasync(int fd) {
  gyrus::Tell(fd);
  return static_cast<int>(syscall(SYS_fdatasync, fd));
}
