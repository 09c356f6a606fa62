#include "services/umdev/nbd_address.h"

#include <string>

#include "gtest/gtest.h"

namespace umsdk::umdev {
namespace {

// The parts of an address in one line; "-" for none.
std::string Parsed(const std::string& source) {
  std::optional<NbdAddress> address = ParseNbdAddress(source);
  if (!address) return "-";
  if (!address->uri.empty()) return "uri " + address->uri;
  if (!address->unix_socket.empty()) return "unix " + address->unix_socket;
  return "tcp " + address->host + " " + address->port;
}

TEST(NbdAddressTest, TheFormsOfASource) {
  EXPECT_EQ(Parsed("unix:/run/nbd"), "unix /run/nbd");
  EXPECT_EQ(Parsed("unix:/odd:name"), "unix /odd:name");
  EXPECT_EQ(Parsed("localhost:10810"), "tcp localhost 10810");
  EXPECT_EQ(Parsed("example.org"), "tcp example.org 10809");
  EXPECT_EQ(Parsed("[::1]:1234"), "tcp ::1 1234");
  EXPECT_EQ(Parsed("[::1]"), "tcp ::1 10809");
  EXPECT_EQ(Parsed("nbd://host/export"), "uri nbd://host/export");
  EXPECT_EQ(Parsed("nbds+unix:///?socket=/s"), "uri nbds+unix:///?socket=/s");
}

TEST(NbdAddressTest, OthersAreNone) {
  for (const char* source : {"", "none", "unix:", "unix:relative", ":10809", "host:", "host:port",
                             "host:123456", "/a/path", "http://host", "[::1", "[]:1", "a/b:1"}) {
    EXPECT_EQ(Parsed(source), "-") << source;
  }
}

}  // namespace
}  // namespace umsdk::umdev
