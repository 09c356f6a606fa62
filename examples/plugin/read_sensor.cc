// read_sensor DEVICE: an ordinary program; it does not know that its device is virtual.
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

#include "examples/plugin/sensor.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  int fd = open(argv[1], O_RDONLY);
  int millidegrees = 0;
  if (fd < 0 || ioctl(fd, SENSOR_GET_MILLIDEGREES, &millidegrees) != 0) {
    perror(argv[1]);
    return 1;
  }
  printf("%d\n", millidegrees);
  return close(fd) == 0 ? 0 : 1;
}
