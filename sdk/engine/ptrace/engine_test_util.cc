#include "sdk/engine/ptrace/engine_test_util.h"

#include <cstdio>
#include <cstring>
#include <map>

#include "sdk/engine/rights/refuse_getfd.h"

namespace umsdk {
namespace {

std::map<std::string, int (*)()>& Guests() {
  static auto* guests = new std::map<std::string, int (*)()>;
  return *guests;
}

}  // namespace

bool AddGuest(const char* name, int (*main)()) { return Guests().emplace(name, main).second; }

LaunchSpec PtraceEngineTest::Self(const std::string& guest) {
  LaunchSpec spec;
  spec.candidates = {"/proc/self/exe"};
  spec.argv = {"test", "--guest", guest};
  // The leak checker of a guest would want to ptrace it.
  spec.env = {"PATH=/usr/bin:/bin", "ASAN_OPTIONS=detect_leaks=0"};
  return spec;
}

TrapSet PtraceEngineTest::Traps(std::vector<TrapRule> more) {
  TrapSet traps;
  traps.traps = std::move(more);
  traps.traps.push_back({static_cast<int>(kAsk)});
  return traps;
}

std::unique_ptr<GuestTree> PtraceEngineTest::Launch(const std::string& guest, CallHandler& handler,
                                                    const TrapSet& traps) {
  PtraceEngine engine(GetParam());
  auto tree = engine.Launch(Self(guest), traps, handler);
  EXPECT_TRUE(tree.ok()) << tree.status();
  return tree.ok() ? *std::move(tree) : nullptr;
}

int PtraceEngineTest::AwaitExit(GuestTree& tree) {
  while (true) {
    GuestEvent event = tree.WaitEvent();
    if (event.kind == GuestEvent::Kind::kExited) return event.wait_status;
    if (event.kind == GuestEvent::Kind::kLost) return -1;
  }
}

int PtraceEngineTest::Run(const std::string& guest, FunctionHandler::Function function,
                          const TrapSet& traps) {
  FunctionHandler handler(std::move(function));
  std::unique_ptr<GuestTree> tree = Launch(guest, handler, traps);
  return tree == nullptr ? -1 : AwaitExit(*tree);
}

TestPipe::TestPipe() { EXPECT_EQ(::pipe(ends_), 0); }

TestPipe::~TestPipe() {
  ::close(ends_[0]);
  CloseWriteEnd();
}

char TestPipe::Read() const {
  char byte = 0;
  return ::read(ends_[0], &byte, 1) == 1 ? byte : 0;
}

void TestPipe::Write(char byte) const { EXPECT_EQ(::write(ends_[1], &byte, 1), 1); }

void TestPipe::CloseWriteEnd() {
  if (ends_[1] >= 0) ::close(ends_[1]);
  ends_[1] = -1;
}

}  // namespace umsdk

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "--guest") == 0) {
    auto guest = umsdk::Guests().find(argv[2]);
    if (guest == umsdk::Guests().end()) return 99;
    return guest->second();
  }
  umsdk::RefuseGetfdIfAsked(argc, argv);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
