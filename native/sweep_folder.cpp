#include "sweep_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <unordered_set>

#include "files.hpp"
#include "refusal.hpp"

namespace induction {
namespace {

namespace fs = std::filesystem;

constexpr auto kSyncEvery = std::chrono::seconds(1);  // what a power cut may cost

bool exists(const std::string& path) {
  std::error_code none;
  return fs::exists(path, none);
}

// The folder, made if need be; refuses what is no place for a sweep.
const std::string& prepared(const std::string& path) {
  std::error_code error;
  if (exists(path) && !fs::is_directory(path, error)) refuse("--out is " + in_quotes(path) + ", which is a file; it must be a folder");
  fs::create_directories(path, error);
  if (error) refuse("the folder " + in_quotes(path) + " cannot be made: " + error.message());
  if (::access(path.c_str(), W_OK | X_OK) != 0) refuse("the folder " + in_quotes(path) + " cannot be written: " + std::strerror(errno));
  // A process that begins at the same time makes its lock, a hidden file and then the spec.
  if (!holds_sweep(path))
    for (const auto& entry : fs::directory_iterator(path, error))
      if (const std::string name = entry.path().filename();
          name != kLockFile && name != std::string(".") + kSpecFile + ".partial" && !holds_sweep(path))
        refuse("the folder " + in_quotes(path) + " is not a sweep: it holds " + in_quotes(name) + "; give an empty or a new folder");
  return path;
}

int opened(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor < 0) refuse(in_quotes(path) + " cannot be written: " + std::strerror(errno));
  return descriptor;
}

off_t size_of(int descriptor) {
  struct stat status = {};
  return ::fstat(descriptor, &status) == 0 ? status.st_size : 0;
}

}  // namespace

bool holds_sweep(const std::string& path) { return exists(path + "/" + kSpecFile); }

void want_sweep(const std::string& path) {
  if (!exists(path)) refuse("there is no folder " + in_quotes(path));
  if (!holds_sweep(path)) refuse("the folder " + in_quotes(path) + " is not a sweep: it has no " + kSpecFile);
}

void Tally::add(const Result& result) {
  ++runs;
  finished += result.ending == Ending::finished;
  stopped += result.ending == Ending::stopped;
  diverged += result.ending == Ending::diverged;
  onsets += result.onset;
}

SweepFolder::SweepFolder(const std::string& path)
    : path_(prepared(path)), locks_(file(kLockFile)), results_(-1), reader_(-1, file(kResultsFile)) {
  if (!holds_sweep(path_)) return;
  results_ = opened(file(kResultsFile));
  reader_ = LineReader(results_, file(kResultsFile));
  follow();
}

SweepFolder::~SweepFolder() {
  if (results_ >= 0) ::close(results_);
}

void SweepFolder::adopt(const Plan& plan) {
  const HeldLock held(locks_, kSpecByte);
  const std::string spec = file(kSpecFile), text = plan.kept(path_).dump(2) + "\n";
  if (holds_sweep(path_)) {
    const Plan old = read_plan(spec, {}, true, DataUse::remembered);
    if (const std::string sentence = plan.data_difference(old); !sentence.empty())
      refuse("the folder " + in_quotes(path()) + " holds runs on other data: " + sentence +
             "; give another --out, or the data that it was");
    std::unordered_set<uint64_t> ids;
    for (const Point& point : plan.points()) ids.insert(point.id);
    uint64_t missing = 0;
    for (const Point& point : old.points()) missing += !ids.count(point.id);
    if (missing > 0)
      refuse("the folder " + in_quotes(path()) + " holds another sweep: " + std::to_string(missing) + " of its " +
             std::to_string(old.points().size()) + " runs are not in this one; give another --out, or a spec (and --stop) that only adds");
  }
  // results.jsonl after the spec: a folder with results and no spec would be no sweep.
  write_atomic(spec, text);
  if (results_ < 0) {
    results_ = opened(file(kResultsFile));
    reader_ = LineReader(results_, file(kResultsFile));
    follow();
  }
}

// The lines that were added since the last look.
void SweepFolder::follow() {
  each_result(reader_, [this](const Result& result, const std::string&) {
    Tally counted;
    counted.add(result);
    done_.try_emplace(result.id, counted);
  });
}

SweepFolder::Claim SweepFolder::claim(uint64_t id) {
  const std::lock_guard<std::mutex> guard(mutex_);
  if (done_.count(id)) return Claim::done;
  if (!locks_.try_lock(byte_of(id))) return Claim::busy;
  // Whoever held it may have finished it just now: its line comes before its release.
  follow();
  if (!done_.count(id)) return Claim::taken;
  locks_.unlock(byte_of(id));
  return Claim::done;
}

void SweepFolder::release(uint64_t id) { locks_.unlock(byte_of(id)); }

bool SweepFolder::done(uint64_t id) {
  const std::lock_guard<std::mutex> guard(mutex_);
  return done_.count(id) > 0;
}

// A last line without its end was cut off by a kill, and nobody is writing now: it goes.
void SweepFolder::mend_end() {
  off_t end = size_of(results_);
  char last = '\n';
  while (end > 0 && ::pread(results_, &last, 1, end - 1) == 1 && last != '\n') --end;
  if (end != size_of(results_) && ::ftruncate(results_, end) != 0)
    refuse(in_quotes(file(kResultsFile)) + " cannot be mended: " + std::strerror(errno));
}

bool SweepFolder::append(uint64_t id, const std::string& line) {
  const std::lock_guard<std::mutex> guard(mutex_);
  const HeldLock held(locks_, kAppendByte);
  mend_end();
  follow();
  if (done_.count(id)) return false;
  const off_t size = size_of(results_);
  try {
    write_all(results_, bytes_of(line + "\n"), file(kResultsFile));
  } catch (const Refusal&) {
    // A part of a line would be mended later; there is no reason to leave it.
    if (::ftruncate(results_, size) != 0) throw;
    throw;
  }
  if (const auto now = std::chrono::steady_clock::now(); now - synced_ >= kSyncEvery) {
    sync();
    synced_ = now;
  }
  return true;
}

void SweepFolder::sync() {
  if (results_ >= 0 && ::fsync(results_) != 0 && errno != EINVAL)
    refuse(in_quotes(file(kResultsFile)) + " cannot be written: " + std::strerror(errno));
}

Tally SweepFolder::tally(std::span<const Point> points) {
  const std::lock_guard<std::mutex> guard(mutex_);
  follow();
  Tally sum;
  for (const Point& point : points) {
    const auto at = done_.find(point.id);
    if (at == done_.end()) continue;
    sum.runs += at->second.runs, sum.finished += at->second.finished, sum.stopped += at->second.stopped;
    sum.diverged += at->second.diverged, sum.onsets += at->second.onsets;
  }
  return sum;
}

}  // namespace induction
