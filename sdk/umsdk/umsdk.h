// Umbrella header, for small programs and examples.
#ifndef UMSDK_UMSDK_H_
#define UMSDK_UMSDK_H_

#include <fcntl.h>

#include "umsdk/command.h"
#include "umsdk/device.h"
#include "umsdk/file_system.h"
#include "umsdk/join.h"
#include "umsdk/service.h"
#include "umsdk/supervisor.h"

#endif  // UMSDK_UMSDK_H_
