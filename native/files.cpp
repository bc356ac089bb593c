#include "files.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "refusal.hpp"

namespace induction {
namespace {

// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }
  bool close() { return number_ < 0 || ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

[[noreturn]] void refuse_file(const std::string& path, const char* what) { refuse(in_quotes(path) + what + ": " + std::strerror(errno)); }

void write_and_sync(const std::string& temporary, std::span<const uint8_t> bytes, const std::string& path) {
  Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (file.get() < 0) refuse_file(path, " cannot be written");
  write_all(file.get(), bytes, path);
  if (::fsync(file.get()) != 0 || !file.close()) refuse_file(path, " cannot be written");
}

}  // namespace

std::vector<uint8_t> read_bytes(const std::string& path, uint64_t limit) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) refuse_file(path, " cannot be read");
  std::vector<uint8_t> bytes;
  constexpr size_t kBlock = 1 << 16;
  size_t size = 0;
  for (;;) {
    bytes.resize(size + kBlock);
    const ssize_t got = ::read(file.get(), bytes.data() + size, kBlock);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) refuse_file(path, " cannot be read");
    size += static_cast<size_t>(got);
    if (size > limit) refuse(in_quotes(path) + " is larger than " + std::to_string(limit >> 20) + " MiB");
    if (got == 0) break;
  }
  bytes.resize(size);
  return bytes;
}

std::string read_text(const std::string& path, uint64_t limit) {
  const auto bytes = read_bytes(path, limit);
  return {bytes.begin(), bytes.end()};
}

void write_all(int descriptor, std::span<const uint8_t> bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) refuse_file(path, " cannot be written");
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
}

void write_atomic(const std::string& path, std::span<const uint8_t> bytes) {
  const std::filesystem::path target(path);
  // One fixed name: what a killed process left behind is overwritten by the next.
  std::filesystem::path hidden(".");
  hidden += target.filename();
  hidden += ".partial";
  const std::string temporary = (target.parent_path() / hidden).string();
  try {
    write_and_sync(temporary, bytes, path);
    if (::rename(temporary.c_str(), path.c_str()) != 0) refuse_file(path, " cannot be written");
  } catch (const Refusal&) {
    ::unlink(temporary.c_str());
    throw;
  }
  // The new name itself must survive a power cut; a file system that cannot do that is no reason to stop.
  const std::string folder = target.has_parent_path() ? target.parent_path().string() : ".";
  const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_CLOEXEC));
  if (directory.get() >= 0) (void)::fsync(directory.get());
}

void write_atomic(const std::string& path, std::string_view text) { write_atomic(path, bytes_of(text)); }

void print_out(std::string_view text) {
  std::span<const uint8_t> bytes = bytes_of(text);
  while (!bytes.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    // As a program ends that did not look: `induction ... | head` needs no sentence.
    if (written < 0 && errno == EPIPE) ::_exit(128 + SIGPIPE);
    if (written < 0) refuse_file("standard output", " cannot be written");
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
}

}  // namespace induction
