// Runs a fuzz harness over the inputs that are named on the command line and over a few that every
// harness must survive; each is a test case.

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
// A harness may have none.
extern "C" __attribute__((weak)) int LLVMFuzzerInitialize(int* argc, char*** argv);

namespace {

class Replay : public testing::Test {
 public:
  explicit Replay(std::string input) : input_(std::move(input)) {}
  void TestBody() override {
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input_.data()), input_.size());
  }

 private:
  const std::string input_;
};

void Register(const std::string& name, const std::string& input) {
  testing::RegisterTest("Replay", name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                        [input] { return new Replay(input); });
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (LLVMFuzzerInitialize != nullptr) LLVMFuzzerInitialize(&argc, &argv);
  Register("empty", "");
  Register("one_zero", std::string(1, '\0'));
  Register("zeros", std::string(4096, '\0'));
  Register("ones", std::string(4096, '\xff'));
  Register("slashes", std::string(5000, '/'));
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    if (!file) {
      ADD_FAILURE() << "cannot read " << argv[i];
      return 1;
    }
    std::string input{std::istreambuf_iterator<char>(file), {}};
    Register(argv[i], input);
  }
  return RUN_ALL_TESTS();
}
