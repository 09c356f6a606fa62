#include "sdk/core/device_parts.h"

#include <algorithm>

namespace umsdk {
namespace {

std::shared_ptr<Mount> MakePart(const Mount& whole, DevicePart part) {
  auto mount = std::make_shared<Mount>();
  mount->dev = NextMountDevice();
  mount->epoch = whole.epoch;
  mount->parent = whole.parent;
  mount->source = whole.source;
  mount->target = whole.target + part.suffix;
  mount->type = whole.type;
  mount->options = whole.options;
  mount->flags = whole.flags;
  mount->device = std::move(part.device);
  mount->traits = whole.traits;
  mount->service = whole.service;
  mount->is_part = true;
  return mount;
}

bool IsName(const DevicePart& part) {
  return !part.suffix.empty() && part.suffix.find('/') == std::string::npos &&
         part.device != nullptr;
}

}  // namespace

std::pair<std::string_view, std::string_view> SplitTarget(std::string_view target) {
  size_t slash = target.rfind('/');
  return {slash == 0 ? "/" : target.substr(0, slash), target.substr(slash + 1)};
}

void PartMounts::Refresh(const Mount& whole) {
  // The version first: what is set meanwhile is seen the next time.
  uint64_t version = parts_->version();
  if (version == seen_) return;
  seen_ = version;
  auto before = std::exchange(mounts_, {});
  for (DevicePart& part : parts_->Get()) {
    if (!IsName(part)) continue;
    auto same = std::find_if(before.begin(), before.end(), [&](const auto& old) {
      return old.first == part.suffix && old.second->device == part.device;
    });
    if (same != before.end()) {
      mounts_.push_back(*same);
    } else {
      std::string suffix = part.suffix;
      mounts_.emplace_back(std::move(suffix), MakePart(whole, std::move(part)));
    }
  }
}

std::shared_ptr<Mount> PartMounts::Find(const Mount& whole, std::string_view suffix) {
  MutexLock lock(mutex_);
  Refresh(whole);
  for (const auto& [name, mount] : mounts_) {
    if (name == suffix) return mount;
  }
  return nullptr;
}

std::vector<std::shared_ptr<Mount>> PartMounts::All(const Mount& whole) {
  MutexLock lock(mutex_);
  Refresh(whole);
  std::vector<std::shared_ptr<Mount>> all;
  for (const auto& [name, mount] : mounts_) all.push_back(mount);
  return all;
}

}  // namespace umsdk
