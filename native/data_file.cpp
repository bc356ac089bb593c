#include "data_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "files.hpp"
#include "refusal.hpp"

namespace induction {
namespace {

// An open file that must stay as it was when it was opened.
class FixedFile {
 public:
  explicit FixedFile(const std::string& path) : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) fail();
    if (::fstat(descriptor_, &status_) != 0) {
      ::close(descriptor_);
      fail();
    }
  }
  ~FixedFile() { ::close(descriptor_); }
  FixedFile(const FixedFile&) = delete;
  FixedFile& operator=(const FixedFile&) = delete;

  bool large() const { return S_ISREG(status_.st_mode) && size() > kMaxCorpusBytes; }
  uint64_t size() const { return static_cast<uint64_t>(status_.st_size); }

  size_t read(uint64_t at, std::span<uint8_t> into) const {
    size_t done = 0;
    while (done < into.size()) {
      const ssize_t got = ::pread(descriptor_, into.data() + done, into.size() - done, static_cast<off_t>(at + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) fail();
      if (got == 0) break;
      done += static_cast<size_t>(got);
    }
    // After the bytes: a change that came in between is seen.
    struct stat now = {};
    if (::fstat(descriptor_, &now) != 0) fail();
    if (now.st_size != status_.st_size || now.st_mtim.tv_sec != status_.st_mtim.tv_sec || now.st_mtim.tv_nsec != status_.st_mtim.tv_nsec)
      refuse(in_quotes(path_) + " was changed while it was in use; data larger than " + std::to_string(kMaxCorpusBytes >> 20) +
             " MiB is read as the run goes on, so it must stay as it is");
    return done;
  }

 private:
  [[noreturn]] void fail() const { refuse(in_quotes(path_) + " cannot be read: " + std::strerror(errno)); }

  std::string path_;
  int descriptor_;
  struct stat status_ = {};
};

}  // namespace

std::shared_ptr<Corpus> read_data_file(const std::string& path, const Config& config, int64_t most) {
  auto corpus = std::make_shared<Corpus>();
  corpus->name = std::filesystem::path(path).filename().string();
  const auto file = std::make_shared<const FixedFile>(path);
  const auto read = [file](uint64_t at, std::span<uint8_t> into) { return file->read(at, into); };
  const std::string wrong = file->large() ? scan_corpus({file->size(), read}, config, most, *corpus)
                                          : read_corpus(read_bytes(path, kMaxCorpusBytes), config, most, *corpus);
  if (!wrong.empty()) refuse(in_quotes(path) + ": " + wrong);
  return corpus;
}

}  // namespace induction
