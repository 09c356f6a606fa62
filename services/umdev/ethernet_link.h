// EthernetLink: the cable of a virtual network interface: frames go in at one end and come out
// somewhere else.
#ifndef SERVICES_UMDEV_ETHERNET_LINK_H_
#define SERVICES_UMDEV_ETHERNET_LINK_H_

#include <sys/types.h>

#include <span>

namespace umsdk::umdev {

// Used by one thread.
class EthernetLink {
 public:
  virtual ~EthernetLink() = default;
  // Readable when a frame has come; never blocks.
  virtual int data_fd() const = 0;
  // Readable once the other end is gone. -1: nothing tells.
  virtual int end_fd() const = 0;
  // What does not fit the queue is lost, as on any cable.
  virtual void Send(std::span<const char> frame) = 0;
  // The frame's length; 0 or less: there is none.
  virtual ssize_t Receive(std::span<char> frame) = 0;
};

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_ETHERNET_LINK_H_
