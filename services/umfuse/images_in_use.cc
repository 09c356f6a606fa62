#include "services/umfuse/images_in_use.h"

#include <algorithm>
#include <utility>

namespace umsdk::umfuse {

bool ImagesInUse::IsOver(const std::weak_ptr<Use>& weak) {
  std::shared_ptr<Use> use = weak.lock();
  if (use == nullptr) return true;
  std::shared_ptr<Helper> program = use->program.lock();
  return program != nullptr && program->status().has_value();
}

std::shared_ptr<ImagesInUse::Use> ImagesInUse::TryUse(const std::string& image, bool write) {
  MutexLock lock(mutex_);
  std::erase_if(uses_, [](const auto& entry) { return IsOver(entry.second); });
  auto [begin, end] = uses_.equal_range(image);
  for (auto it = begin; it != end; ++it) {
    std::shared_ptr<Use> other = it->second.lock();
    if (other != nullptr && (write || other->write)) return nullptr;
  }
  auto use = std::make_shared<Use>(Use{write, {}});
  uses_.insert({image, use});
  return use;
}

std::shared_ptr<Helper> ImagesInUse::Bind(std::shared_ptr<Use> use, std::shared_ptr<Helper> program) {
  MutexLock lock(mutex_);
  use->program = program;
  auto both = std::make_shared<std::pair<std::shared_ptr<Use>, std::shared_ptr<Helper>>>(std::move(use), program);
  return {std::move(both), program.get()};
}

}  // namespace umsdk::umfuse
