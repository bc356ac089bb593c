#pragma once
// Advisory locks on single bytes of one file. They belong to the process and vanish with it, however it ends.

#include <cstdint>
#include <string>

namespace induction {

class FileLocks {
 public:
  /// Makes the file if need be; it stays empty.
  explicit FileLocks(std::string path);
  ~FileLocks();
  FileLocks(const FileLocks&) = delete;
  FileLocks& operator=(const FileLocks&) = delete;

  /// false when another process holds the byte. Threads of one process do not exclude each other.
  bool try_lock(uint64_t byte);
  void lock(uint64_t byte);
  void unlock(uint64_t byte);
  /// A file system without locks is no reason to stop, but two processes would then repeat each other's work.
  bool supported() const { return supported_; }

 private:
  bool set(int command, short type, uint64_t byte);

  std::string path_;
  int descriptor_ = -1;
  bool supported_ = true;
};

/// Holds a byte for as long as it lives.
class HeldLock {
 public:
  HeldLock(FileLocks& locks, uint64_t byte) : locks_(locks), byte_(byte) { locks_.lock(byte_); }
  ~HeldLock() { locks_.unlock(byte_); }
  HeldLock(const HeldLock&) = delete;
  HeldLock& operator=(const HeldLock&) = delete;

 private:
  FileLocks& locks_;
  uint64_t byte_;
};

}  // namespace induction
