#include "sdk/engine/notify/tree_test_support.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "sdk/engine/notify/notify_engine.h"
#include "sdk/engine/rights/refuse_getfd.h"

namespace umsdk {
namespace {

constexpr char kGuestPrefix[] = "guest=";

}  // namespace

int TestMain(int argc, char** argv, std::span<const GuestFunction> guests) {
  for (const GuestFunction& guest : guests) {
    if (argc > 1 && std::string(argv[1]) == std::string(kGuestPrefix) + guest.name) {
      // Not return: a sanitizer's search for leaks would trace this process.
      _exit(guest.run());
    }
  }
  RefuseGetfdIfAsked(argc, argv);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

LaunchSpec GuestSpec(const std::string& name) {
  LaunchSpec spec;
  spec.candidates = {"/proc/self/exe"};
  spec.argv = {"guest", kGuestPrefix + name};
  for (char** entry = environ; *entry != nullptr; ++entry) spec.env.push_back(*entry);
  return spec;
}

TestTree::TestTree(const std::string& guest, HandlerMap handlers, int output) : handler_(handlers) {
  LaunchSpec spec = GuestSpec(guest);
  if (output >= 0) spec.stdio[1] = output;
  Launch(spec, handlers);
}

TestTree::TestTree(LaunchSpec spec, HandlerMap handlers) : handler_(handlers) {
  Launch(spec, handlers);
}

void TestTree::Launch(const LaunchSpec& spec, const HandlerMap& handlers) {
  TrapSet traps;
  for (const auto& [number, handler] : handlers) {
    traps.traps.push_back({.number = static_cast<int>(number)});
  }
  auto tree = NotifyEngine().Launch(spec, traps, handler_);
  if (!tree.ok()) {
    std::fprintf(stderr, "launch: %s\n", tree.status().ToString().c_str());
    std::abort();
  }
  tree_ = *std::move(tree);
}

Verdict TestTree::Handler::Handle(TrappedCall& call) {
  const auto handler = handlers_.find(call.number());
  return handler == handlers_.end() ? Verdict::Continue() : handler->second(call);
}

int TestTree::Status() {
  for (;;) {
    const GuestEvent event = tree_->WaitEvent();
    if (event.kind == GuestEvent::Kind::kExited) return event.wait_status;
    if (event.kind == GuestEvent::Kind::kLost) return -1;
  }
}

int TestTree::ExitCode() {
  const int status = Status();
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TestPipe::TestPipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) std::abort();
  reader.Reset(ends[0]);
  writer.Reset(ends[1]);
}

std::string TestPipe::ReadByte() {
  char byte;
  ssize_t size;
  do {
    size = read(reader.get(), &byte, 1);
  } while (size < 0 && errno == EINTR);
  return size == 1 ? std::string(1, byte) : std::string();
}

std::string TestPipe::ReadAll() {
  writer.Reset();
  std::string all;
  for (std::string byte; !(byte = ReadByte()).empty();) all += byte;
  return all;
}

}  // namespace umsdk
