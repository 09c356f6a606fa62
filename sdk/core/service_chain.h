// ServiceChain: the ordered services of a view with their claims. Immutable: a change publishes a new
// one; calls under way finish on theirs, and the last reference destroys a removed service.
#ifndef SDK_CORE_SERVICE_CHAIN_H_
#define SDK_CORE_SERVICE_CHAIN_H_

#include <bitset>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "umsdk/service.h"

namespace umsdk {

class ServiceChain {
 public:
  static constexpr int kMaxCalls = 512;
  struct Link {
    std::shared_ptr<Service> service;
    Claims claims;
    bool inherited = false;  // copied from the outer view of a sub-view
  };
  using Links = std::vector<std::shared_ptr<Service>>;

  ServiceChain() = default;
  explicit ServiceChain(std::vector<Link> links);

  const std::vector<Link>& links() const { return links_; }
  bool claims_paths() const { return !paths_.empty(); }
  bool claims_exec() const { return exec_; }
  bool claims_sockets() const { return sockets_; }
  bool ClaimsCall(int64_t number) const {
    return all_calls_ || (number >= 0 && number < kMaxCalls && calls_.test(static_cast<size_t>(number)));
  }
  bool claims_calls() const { return all_calls_ || calls_.any(); }
  // Those claimed by number.
  const std::bitset<kMaxCalls>& calls() const { return calls_; }

  // Those that claim the thing, in chain order.
  Links ForCall(int64_t number) const;
  Links ForPath(std::string_view path) const;  // the longest claimed path first
  Links ForFsType(std::string_view type) const;
  Links ForSocketFamily(int family) const;
  Links ForExec() const;

 private:
  template <typename Matches>
  Links Select(const Matches& matches) const;
  std::vector<Link> links_;
  std::vector<std::string> paths_;
  std::bitset<kMaxCalls> calls_;
  bool all_calls_ = false;
  bool exec_ = false;
  bool sockets_ = false;
};

// True when `path` is `prefix` or lies below it.
bool PathIsWithin(std::string_view path, std::string_view prefix);

}  // namespace umsdk

#endif  // SDK_CORE_SERVICE_CHAIN_H_
