#include "sdk/core/layer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sdk/base/errno_status.h"
#include "sdk/base/status_macros.h"

namespace umsdk {
namespace {

using Links = std::vector<ServiceChain::Link>;
constexpr int kNoCode = 0xff;

bool IsCalled(const Service& service, const ServiceSelector& which) {
  return which.code != 0 ? service.code() == which.code : service.name() == which.name;
}

// A service of a sub-view hides the one of its name that was copied: it is the first that matches.
template <typename Range>
auto FindLink(Range& links, const ServiceSelector& which) {
  if (which.position > 0 && !links.empty()) {
    return links.begin() + std::min<std::ptrdiff_t>(std::ssize(links), which.position) - 1;
  }
  if (which.position != 0) return links.end();
  return std::find_if(links.begin(), links.end(),
                      [&](const auto& link) { return IsCalled(*link.service, which); });
}

Links::iterator Place(Links& links, int position) {
  if (position <= 0) return links.end();
  return links.begin() + std::min<std::ptrdiff_t>(std::ssize(links), position - 1);
}

absl::Status NotLoaded(const ServiceSelector& which) {
  std::string what = which.position != 0 ? absl::StrCat("at position ", which.position)
                     : which.code != 0   ? absl::StrCat("of code ", absl::Hex(which.code, absl::kZeroPad2))
                                         : which.name;
  return ErrnoStatus(ENOENT, absl::StrCat("no service ", what, " is loaded"));
}

// What stands in the way of `service` among those that are there.
absl::Status CheckNew(const Links& links, const Service& service) {
  if (service.code() < 0 || service.code() >= kNoCode)
    return ErrnoStatus(EFAULT, absl::StrCat(std::string(service.name()), ": its code is none of 01..fe"));
  for (const ServiceChain::Link& link : links) {
    const Service& other = *link.service;
    if (link.inherited) continue;
    if (other.name() == service.name())
      return ErrnoStatus(EEXIST, absl::StrCat("service ", std::string(service.name()), " is loaded already"));
    if (service.code() != 0 && other.code() == service.code())
      return ErrnoStatus(EEXIST, absl::StrCat("service ", std::string(other.name()), " has the code ",
                                              absl::Hex(service.code(), absl::kZeroPad2), " already"));
  }
  return absl::OkStatus();
}

}  // namespace

std::shared_ptr<Layer> Layer::Copy() const {
  auto copy = std::make_shared<Layer>();
  for (std::shared_ptr<Mount>& mount : mounts_.List()) copy->mounts_.Add(std::move(mount));
  Links links = chain()->links();
  for (ServiceChain::Link& link : links) link.inherited = true;
  MutexLock lock(copy->mutex_);
  copy->Publish(std::move(links));
  copy->locked_ = locked_.load();
  copy->hidden_ = hidden();
  copy->sealed_ = sealed_.load();
  return copy;
}

std::shared_ptr<const ServiceChain> Layer::chain() const {
  MutexLock lock(mutex_);
  return chain_;
}

absl::Status Layer::CheckChangeable(int locked_errno) const {
  if (locked_) return ErrnoStatus(locked_errno, "the chain of services is locked");
  if (sealed_) return ErrnoStatus(EPERM, "the view is sealed: its services are fixed");
  return absl::OkStatus();
}

void Layer::Publish(Links links) {
  auto next = std::make_shared<const ServiceChain>(std::move(links));
  has_path_claims_ = next->claims_paths();
  wants_calls_ = next->claims_calls();
  chain_ = std::move(next);
}

absl::Status Layer::AddService(std::shared_ptr<Service> service, int position) {
  Claims claims = service->claims();
  MutexLock lock(mutex_);
  UMSDK_RETURN_IF_ERROR(CheckChangeable(EFAULT));
  Links links = chain_->links();
  UMSDK_RETURN_IF_ERROR(CheckNew(links, *service));
  const std::string name(service->name());
  links.insert(Place(links, position), {std::move(service), std::move(claims)});
  Publish(std::move(links));
  events_.Publish(ViewEvent::Kind::kServiceAdded, name);
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<Service>> Layer::RemoveService(const ServiceSelector& which) {
  MutexLock lock(mutex_);
  UMSDK_RETURN_IF_ERROR(CheckChangeable(ENOSYS));
  Links links = chain_->links();
  auto it = FindLink(links, which);
  if (it == links.end()) return NotLoaded(which);
  std::shared_ptr<Service> removed = it->service;
  for (const auto& mount : mounts_.List()) {
    if (mount->service == removed) {
      return ErrnoStatus(EBUSY, absl::StrCat("service ", std::string(removed->name()), " is in use by the mount on ",
                                             mount->target, "; unmount it first"));
    }
  }
  links.erase(it);
  Publish(std::move(links));
  events_.Publish(ViewEvent::Kind::kServiceRemoved, std::string(removed->name()));
  return removed;
}

absl::Status Layer::MoveService(const ServiceSelector& which, int position) {
  MutexLock lock(mutex_);
  UMSDK_RETURN_IF_ERROR(CheckChangeable(ENOSYS));
  Links links = chain_->links();
  auto it = FindLink(links, which);
  if (it == links.end()) return NotLoaded(which);
  ServiceChain::Link moved = *it;
  const std::string name(moved.service->name());
  links.erase(it);
  links.insert(Place(links, position), std::move(moved));
  Publish(std::move(links));
  events_.Publish(ViewEvent::Kind::kServiceMoved, name);
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<Service>> Layer::FindService(const ServiceSelector& which) const {
  std::shared_ptr<const ServiceChain> chain = this->chain();
  auto it = FindLink(chain->links(), which);
  if (it == chain->links().end()) return NotLoaded(which);
  return it->service;
}

void Layer::Lock(bool hide) {
  MutexLock lock(mutex_);
  locked_ = true;
  if (hide) hidden_ = true;
  events_.Publish(ViewEvent::Kind::kServicesLocked, "", hide ? "hidden" : "");
}

}  // namespace umsdk
