// What the virtual sensor of sensor.cc and its users agree on.
#ifndef EXAMPLES_PLUGIN_SENSOR_H_
#define EXAMPLES_PLUGIN_SENSOR_H_

#include <sys/ioctl.h>

// Puts the temperature in thousandths of a degree into an int.
#define SENSOR_GET_MILLIDEGREES _IOR('s', 1, int)

#endif  // EXAMPLES_PLUGIN_SENSOR_H_
