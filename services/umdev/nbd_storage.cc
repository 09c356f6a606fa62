#include "services/umdev/nbd_storage.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace umsdk::umdev {
namespace {

constexpr uint64_t kMaxTransfer = uint64_t{1} << 20;  // every server takes that much
constexpr uint64_t kMaxClear = uint64_t{1} << 30;     // lengths have 32 bits

}  // namespace

ErrnoOr<std::unique_ptr<Storage>> NbdStorage::Create(std::unique_ptr<NbdConnection> connection) {
  const NbdExport& facts = connection->facts();
  uint64_t unit = std::max<uint64_t>(kSectorSize, facts.block);
  uint64_t size = facts.size - facts.size % unit;
  if (size == 0 || facts.block > kMaxTransfer) return Errno(EINVAL);
  return std::unique_ptr<Storage>(new NbdStorage(std::move(connection), size));
}

bool NbdStorage::IsAligned(uint64_t offset, uint64_t length) const {
  uint64_t block = connection_->facts().block;
  return offset % block == 0 && length % block == 0;
}

// Whole blocks that hold the range. The size is a multiple of a block, so they are inside.
ErrnoOr<NbdRequest> NbdStorage::ReadAround(uint64_t offset, uint64_t length) {
  uint64_t block = connection_->facts().block;
  uint64_t start = offset - offset % block;
  uint64_t end = (offset + length + block - 1) / block * block;
  NbdRequest request{.kind = NbdRequest::Kind::kRead, .offset = start};
  request.data.resize(end - start);
  UMSDK_RETURN_IF_ERRNO(connection_->Run(request));
  return request;
}

ErrnoOr<size_t> NbdStorage::Read(uint64_t offset, std::span<char> out) {
  size_t count = std::min<uint64_t>(out.size(), kMaxTransfer);
  UMSDK_ASSIGN_OR_ERRNO(NbdRequest request, ReadAround(offset, count));
  std::memcpy(out.data(), request.data.data() + (offset - request.offset), count);
  return count;
}

ErrnoOr<size_t> NbdStorage::Write(uint64_t offset, std::span<const char> bytes) {
  bytes = bytes.first(std::min<uint64_t>(bytes.size(), kMaxTransfer));
  NbdRequest request{.offset = offset};
  if (IsAligned(offset, bytes.size())) {
    request.data.assign(bytes.begin(), bytes.end());
    request.kind = NbdRequest::Kind::kWrite;
    UMSDK_RETURN_IF_ERRNO(connection_->Run(request));
    return bytes.size();
  }
  MutexLock lock(partial_);
  UMSDK_ASSIGN_OR_ERRNO(request, ReadAround(offset, bytes.size()));
  std::memcpy(request.data.data() + (offset - request.offset), bytes.data(), bytes.size());
  request.kind = NbdRequest::Kind::kWrite;
  UMSDK_RETURN_IF_ERRNO(connection_->Run(request));
  return bytes.size();
}

ErrnoOrOk NbdStorage::Clear(NbdRequest::Kind kind, uint64_t offset, uint64_t length) {
  while (length > 0) {
    NbdRequest request{.kind = kind, .offset = offset, .length = std::min(length, kMaxClear)};
    uint64_t count = request.length;
    UMSDK_RETURN_IF_ERRNO(connection_->Run(request));
    offset += count;
    length -= count;
  }
  return {};
}

ErrnoOrOk NbdStorage::Zero(uint64_t offset, uint64_t length) {
  if (connection_->facts().can_zero && IsAligned(offset, length)) {
    return Clear(NbdRequest::Kind::kZero, offset, length);
  }
  const std::vector<char> zeros(std::min(length, kMaxTransfer));
  while (length > 0) {
    UMSDK_ASSIGN_OR_ERRNO(size_t count,
                          Write(offset, {zeros.data(), std::min<uint64_t>(length, zeros.size())}));
    offset += count;
    length -= count;
  }
  return {};
}

ErrnoOrOk NbdStorage::Discard(uint64_t offset, uint64_t length) {
  if (!connection_->facts().can_trim) return Errno(EOPNOTSUPP);
  // Less than a block cannot be given back, and need not be.
  if (!IsAligned(offset, length)) return {};
  return Clear(NbdRequest::Kind::kTrim, offset, length);
}

ErrnoOrOk NbdStorage::Flush() {
  if (!connection_->facts().can_flush) return {};
  NbdRequest request{.kind = NbdRequest::Kind::kFlush};
  return connection_->Run(request);
}

}  // namespace umsdk::umdev
