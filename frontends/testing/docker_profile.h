// What a container in Docker's default profile, without extra capabilities, is refused.
#ifndef FRONTENDS_TESTING_DOCKER_PROFILE_H_
#define FRONTENDS_TESTING_DOCKER_PROFILE_H_

#include <vector>

namespace umsdk::frontends {

struct Refusal;

std::vector<Refusal> DockerProfile();

}  // namespace umsdk::frontends

#endif  // FRONTENDS_TESTING_DOCKER_PROFILE_H_
