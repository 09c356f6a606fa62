#include "sdk/engine/notify/signal_free_thread.h"

#include <cstddef>

#include "sdk/base/all_signals_blocked.h"

namespace umsdk {

int StartSignalFreeThread(pthread_t* thread, const char* name, void* (*main)(void*),
                          void* argument) {
  constexpr size_t kStackSize = size_t{1} << 20;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackSize);
  AllSignalsBlocked blocked;
  const int error = pthread_create(thread, &attributes, main, argument);
  if (error == 0) pthread_setname_np(*thread, name);
  pthread_attr_destroy(&attributes);
  return error;
}

}  // namespace umsdk
