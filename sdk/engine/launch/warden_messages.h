// What the warden and its host say to each other, over a SOCK_SEQPACKET pair.
#ifndef SDK_ENGINE_LAUNCH_WARDEN_MESSAGES_H_
#define SDK_ENGINE_LAUNCH_WARDEN_MESSAGES_H_

#include <cstdint>

namespace umsdk {

struct WardenReport {
  enum class Kind : int32_t {
    // value: the command's pid; with descriptors: its pidfd, the warden's, and, if there is one, its
    // listener.
    kReady,
    kFailed,  // see LaunchPage; the last message
    kStatus,  // value: a wait status of the command
  };
  Kind kind = Kind::kFailed;
  int32_t value = 0;
};

struct WardenOrder {
  enum class Kind : int32_t {
    // The warden ends once it was told to (or its host is gone) and no descendant is left.
    kTerminate,  // value: the grace in milliseconds
    kLinger,     // as soon as they have ended by themselves
    // See WardenErrand.
    kRunErrand,
    kFinishErrand,  // value: of the trapped call
    kReplaceCall,   // value: the process of the thread
  };
  Kind kind = Kind::kTerminate;
  int32_t tid = 0;
  int64_t value = 0;
  uint64_t notification = 0;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_LAUNCH_WARDEN_MESSAGES_H_
