#include "sdk/core/service_chain.h"

#include <algorithm>
#include <utility>

namespace umsdk {

bool PathIsWithin(std::string_view path, std::string_view prefix) {
  if (prefix == "/") return true;
  return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

ServiceChain::ServiceChain(std::vector<Link> links) : links_(std::move(links)) {
  for (const Link& link : links_) {
    for (const Claim& claim : link.claims) {
      int number = claim.number();
      if (claim.kind() == Claim::Kind::kPath) paths_.push_back(claim.text());
      if (claim.kind() == Claim::Kind::kExec) exec_ = true;
      if (claim.kind() == Claim::Kind::kSocketFamily) sockets_ = true;
      if (claim.kind() == Claim::Kind::kAllCalls) all_calls_ = true;
      if (claim.kind() == Claim::Kind::kCall && number >= 0 && number < kMaxCalls) {
        calls_.set(static_cast<size_t>(number));
      }
    }
  }
}

template <typename Matches>
ServiceChain::Links ServiceChain::Select(const Matches& matches) const {
  Links selected;
  for (const Link& link : links_) {
    if (std::any_of(link.claims.begin(), link.claims.end(), matches)) selected.push_back(link.service);
  }
  return selected;
}

ServiceChain::Links ServiceChain::ForCall(int64_t number) const {
  return Select([&](const Claim& claim) {
    return claim.kind() == Claim::Kind::kAllCalls ||
           (claim.kind() == Claim::Kind::kCall && claim.number() == number);
  });
}

ServiceChain::Links ServiceChain::ForPath(std::string_view path) const {
  std::vector<std::pair<size_t, std::shared_ptr<Service>>> found;
  for (const Link& link : links_) {
    size_t longest = 0;
    for (const Claim& claim : link.claims) {
      if (claim.kind() == Claim::Kind::kPath && PathIsWithin(path, claim.text())) {
        longest = std::max(longest, claim.text().size());
      }
    }
    if (longest > 0) found.emplace_back(longest, link.service);
  }
  std::stable_sort(found.begin(), found.end(), [](auto& a, auto& b) { return a.first > b.first; });
  Links links;
  for (auto& [length, service] : found) links.push_back(std::move(service));
  return links;
}

ServiceChain::Links ServiceChain::ForFsType(std::string_view type) const {
  return Select([&](const Claim& claim) {
    return claim.kind() == Claim::Kind::kFsType && type.starts_with(claim.text());
  });
}

ServiceChain::Links ServiceChain::ForSocketFamily(int family) const {
  return Select([&](const Claim& claim) {
    return claim.kind() == Claim::Kind::kSocketFamily && claim.number() == family;
  });
}

ServiceChain::Links ServiceChain::ForExec() const {
  return Select([](const Claim& claim) { return claim.kind() == Claim::Kind::kExec; });
}

}  // namespace umsdk
