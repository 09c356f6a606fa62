#include "sdk/core/layer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace umsdk {
namespace {

using Links = std::vector<ServiceChain::Link>;

Links::iterator FindLink(Links& links, const std::string& name) {
  return std::find_if(links.begin(), links.end(),
                      [&](const auto& link) { return link.service->name() == name; });
}

Links::iterator Place(Links& links, int position) {
  if (position <= 0) return links.end();
  return links.begin() + std::min<std::ptrdiff_t>(std::ssize(links), position - 1);
}

absl::Status NotLoaded(const std::string& name) {
  return absl::NotFoundError(absl::StrCat("no service ", name, " is loaded"));
}

}  // namespace

std::shared_ptr<Layer> Layer::Copy() const {
  auto copy = std::make_shared<Layer>();
  for (std::shared_ptr<Mount>& mount : mounts_.List()) copy->mounts_.Add(std::move(mount));
  Links links = chain()->links();
  for (ServiceChain::Link& link : links) link.inherited = true;
  MutexLock lock(copy->mutex_);
  copy->Publish(std::move(links));
  return copy;
}

std::shared_ptr<const ServiceChain> Layer::chain() const {
  MutexLock lock(mutex_);
  return chain_;
}

void Layer::Publish(Links links) {
  auto next = std::make_shared<const ServiceChain>(std::move(links));
  has_path_claims_ = next->claims_paths();
  wants_calls_ = next->claims_calls();
  chain_ = std::move(next);
}

absl::Status Layer::AddService(std::shared_ptr<Service> service, int position) {
  std::string name(service->name());
  Claims claims = service->claims();
  MutexLock lock(mutex_);
  Links links = chain_->links();
  for (const ServiceChain::Link& link : links) {
    if (!link.inherited && link.service->name() == name) {
      return absl::AlreadyExistsError(absl::StrCat("service ", name, " is loaded already"));
    }
  }
  links.insert(Place(links, position), {std::move(service), std::move(claims)});
  Publish(std::move(links));
  return absl::OkStatus();
}

absl::Status Layer::RemoveService(const std::string& name) {
  MutexLock lock(mutex_);
  Links links = chain_->links();
  auto it = FindLink(links, name);
  if (it == links.end()) return NotLoaded(name);
  for (const auto& mount : mounts_.List()) {
    if (mount->service == it->service) {
      return absl::FailedPreconditionError(absl::StrCat(
          "service ", name, " is in use by the mount on ", mount->target, "; unmount it first"));
    }
  }
  links.erase(it);
  Publish(std::move(links));
  return absl::OkStatus();
}

absl::Status Layer::MoveService(const std::string& name, int position) {
  MutexLock lock(mutex_);
  Links links = chain_->links();
  auto it = FindLink(links, name);
  if (it == links.end()) return NotLoaded(name);
  ServiceChain::Link moved = *it;
  links.erase(it);
  links.insert(Place(links, position), std::move(moved));
  Publish(std::move(links));
  return absl::OkStatus();
}

}  // namespace umsdk
