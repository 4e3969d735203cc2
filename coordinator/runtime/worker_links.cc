#include "coordinator/runtime/worker_links.h"

#include <utility>

namespace gyrus {

void WorkerLinks::Add(const std::string& worker_id, std::shared_ptr<WorkerLink> link) {
  std::shared_ptr<WorkerLink> older;
  {
    absl::MutexLock lock(&mu_);
    older = std::exchange(links_[worker_id], std::move(link));
  }
  if (older != nullptr) older->Close(absl::AbortedError("the worker has a newer link"));
}

bool WorkerLinks::Remove(const std::string& worker_id, const WorkerLink* link) {
  absl::MutexLock lock(&mu_);
  const auto found = links_.find(worker_id);
  if (found == links_.end() || found->second.get() != link) return false;
  links_.erase(found);
  return true;
}

void WorkerLinks::Send(const std::string& worker_id, v1::ToWorker message) {
  std::shared_ptr<WorkerLink> link;
  {
    absl::MutexLock lock(&mu_);
    if (const auto found = links_.find(worker_id); found != links_.end()) link = found->second;
  }
  if (link != nullptr) link->Send(std::move(message));
}

void WorkerLinks::CloseAll(const absl::Status& why) {
  std::map<std::string, std::shared_ptr<WorkerLink>> links;
  {
    absl::MutexLock lock(&mu_);
    links.swap(links_);
  }
  for (auto& [id, link] : links) link->Close(why);
}

}  // namespace gyrus
