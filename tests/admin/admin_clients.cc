// admin_clients SOCKET CLIENTS ROUNDS: that many connections, each of which adds, moves, lists and removes
// services in as many rounds, all at the same time. Says what took place, and fails where calls fail that
// should not, or what was added and removed does not add up.
#include <grpcpp/grpcpp.h>
#include <stdio.h>
#include <stdlib.h>

#include <atomic>
#include <chrono>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "frontends/admin/connect.h"

namespace umsdk {
namespace {

namespace v1 = admin::v1;
constexpr const char* kNames[] = {"lwipv6", "identity", "unreal"};

struct Counts {
  std::atomic<int> calls{0}, faults{0}, added{0}, removed{0};
};

// Another client may have been quicker: then `also` is right too.
bool Check(Counts& counts, const char* what, const grpc::Status& status, grpc::StatusCode also) {
  ++counts.calls;
  if (status.ok()) return true;
  if (status.error_code() == also) return false;
  ++counts.faults;
  fprintf(stderr, "%s: %d %s\n", what, status.error_code(), status.error_message().c_str());
  return false;
}

int List(frontends::AdminClient& client, Counts& counts) {
  grpc::ClientContext context;
  v1::ListServicesResponse services;
  Check(counts, "list", client.ListServices(&context, {}, &services), grpc::OK);
  return services.services_size();
}

void Add(frontends::AdminClient& client, Counts& counts, const char* name) {
  grpc::ClientContext context;
  v1::AddServiceRequest request;
  v1::AddServiceResponse response;
  request.set_name(name);
  if (Check(counts, "add", client.AddService(&context, request, &response), grpc::ALREADY_EXISTS)) ++counts.added;
}

void Move(frontends::AdminClient& client, Counts& counts, const char* name) {
  grpc::ClientContext context;
  v1::MoveServiceRequest request;
  v1::MoveServiceResponse response;
  request.mutable_which()->set_name(name);
  request.set_position(1);
  Check(counts, "move", client.MoveService(&context, request, &response), grpc::NOT_FOUND);
}

void Remove(frontends::AdminClient& client, Counts& counts, const char* name) {
  grpc::ClientContext context;
  v1::RemoveServiceRequest request;
  v1::RemoveServiceResponse response;
  request.mutable_which()->set_name(name);
  if (Check(counts, "remove", client.RemoveService(&context, request, &response), grpc::NOT_FOUND)) ++counts.removed;
}

void RunClient(const std::string& socket, int number, int rounds, Counts& counts) {
  auto client = frontends::ConnectToView({.name = socket, .target = "", .certificates = ""});
  if (!client.ok()) {
    fprintf(stderr, "%s\n", std::string(client.status().message()).c_str());
    ++counts.faults;
    return;
  }
  for (int round = 0; round < rounds; ++round) {
    const char* name = kNames[(number + round) % std::size(kNames)];
    Add(**client, counts, name);
    Move(**client, counts, name);
    List(**client, counts);
    Remove(**client, counts, name);
  }
}

int Main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::string socket = argv[1];
  Counts counts;
  auto first = frontends::ConnectToView({.name = socket, .target = "", .certificates = ""});
  if (!first.ok()) return 1;
  const int before = List(**first, counts);
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (int number = 0; number < ::atoi(argv[2]); ++number)
    threads.emplace_back([&, number] { RunClient(socket, number, ::atoi(argv[3]), counts); });
  for (std::thread& thread : threads) thread.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const int grown = List(**first, counts) - before;
  printf("%d calls, %.0f a second, %d faults; added %d, removed %d, %d are left\n", counts.calls.load(),
         counts.calls / took.count(), counts.faults.load(), counts.added.load(), counts.removed.load(), grown);
  return counts.faults == 0 && counts.added > 0 && counts.added - counts.removed == grown ? 0 : 1;
}

}  // namespace
}  // namespace umsdk

int main(int argc, char** argv) { return umsdk::Main(argc, argv); }
