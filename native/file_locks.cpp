#include "file_locks.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "refusal.hpp"

namespace induction {

FileLocks::FileLocks(std::string path) : path_(std::move(path)), descriptor_(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
  if (descriptor_ < 0) refuse(in_quotes(path_) + " cannot be written: " + std::strerror(errno));
  // Asked once, with a byte that nobody uses.
  constexpr uint64_t kProbe = (uint64_t{1} << 62) + 1000;
  if (try_lock(kProbe)) unlock(kProbe);
}

FileLocks::~FileLocks() { ::close(descriptor_); }

bool FileLocks::set(int command, short type, uint64_t byte) {
  struct flock range = {};
  range.l_type = type;
  range.l_whence = SEEK_SET;
  range.l_start = static_cast<off_t>(byte);
  range.l_len = 1;
  while (::fcntl(descriptor_, command, &range) != 0) {
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EACCES) return false;
    if (errno != ENOLCK && errno != ENOSYS && errno != EOPNOTSUPP && errno != EINVAL)
      refuse(in_quotes(path_) + " cannot be locked: " + std::strerror(errno));
    supported_ = false;
    return true;
  }
  return true;
}

bool FileLocks::try_lock(uint64_t byte) { return set(F_SETLK, F_WRLCK, byte); }
void FileLocks::lock(uint64_t byte) { (void)set(F_SETLKW, F_WRLCK, byte); }
void FileLocks::unlock(uint64_t byte) { (void)set(F_SETLK, F_UNLCK, byte); }

}  // namespace induction
