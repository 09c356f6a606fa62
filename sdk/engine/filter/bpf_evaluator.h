// Runs a seccomp program as the kernel would, for tests.
#ifndef SDK_ENGINE_FILTER_BPF_EVALUATOR_H_
#define SDK_ENGINE_FILTER_BPF_EVALUATOR_H_

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace umsdk {

// The action that `program` answers to `data`; nullopt when the kernel would refuse the program (an
// unknown instruction, a jump or a load out of bounds, no return at the end).
std::optional<uint32_t> EvaluateBpf(const std::vector<sock_filter>& program,
                                    const seccomp_data& data);

}  // namespace umsdk

#endif  // SDK_ENGINE_FILTER_BPF_EVALUATOR_H_
