// The guest's side of a call, as a test wants it.
#ifndef SERVICES_UMFUSE_PROTOCOL_FAKE_WAITING_H_
#define SERVICES_UMFUSE_PROTOCOL_FAKE_WAITING_H_

#include <atomic>

#include "umsdk/waiting.h"

namespace umsdk::umfuse {

class FakeWaiting final : public Waiting {
 public:
  void WillBlock() override {}
  bool Interrupted() override { return interrupted; }
  bool Killed() override { return killed; }
  const Caller& caller() override { return caller_; }
  std::atomic<bool> interrupted{false};
  std::atomic<bool> killed{false};

 private:
  Caller caller_;
};

}  // namespace umsdk::umfuse

#endif  // SERVICES_UMFUSE_PROTOCOL_FAKE_WAITING_H_
