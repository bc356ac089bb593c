#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>

#include "../native/files.hpp"
#include "../native/patches.hpp"
#include "../native/refusal.hpp"
#include "../native/run_folder.hpp"
#include "../native/sweep_plan.hpp"
#include "../native/sweep_result.hpp"
#include "../native/token_rows.hpp"
#include "targets.hpp"

namespace induction::fuzz {
namespace {

// Bytes as a file, in memory.
class InputFile {
 public:
  explicit InputFile(Bytes bytes) : descriptor_(::memfd_create("input", MFD_CLOEXEC)) {
    write_all(descriptor_, bytes, "input");
    ::lseek(descriptor_, 0, SEEK_SET);
  }
  ~InputFile() { ::close(descriptor_); }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  int descriptor() const { return descriptor_; }
  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

// Whatever is refused is refused with a sentence.
template <class Work>
void tried(Work work) {
  try {
    work();
  } catch (const Refusal& refusal) {
    hold(!refusal.sentence.empty() && refusal.sentence.size() < 20000, "a refusal is a sentence");
  }
}

// Points are made one by one, so only small sweeps are planned.
uint64_t size_of(const Json& json) {
  uint64_t points = 0;
  for (const Json& one : json.is_array() ? json : Json::array({json})) {
    const uint64_t n = Spec(one, "the spec").size();
    points = n > 1000 ? 1001 : points + n;
    if (points > 1000) break;
  }
  return points;
}

void sweep_spec(Bytes bytes) {
  const std::string text(text_of(bytes));
  tried([&] {
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_discarded() && text.size() < 10000 && size_of(json) > 200) return;
    // No file is opened, whatever its name has become.
    const Plan plan(text, "the spec", {}, false, ".", DataUse::remembered);
    const std::string kept = plan.kept(".").dump();
    const Plan again(kept, "the spec", {}, false, ".", DataUse::remembered);
    hold(again.points().size() == plan.points().size(), "a spec that was kept has the runs of the spec");
    for (size_t i = 0; i < plan.points().size(); ++i) hold(again.points()[i].id == plan.points()[i].id, "and their ids");
    (void)plan.shard(0, 3);
  });
}

void results(Bytes bytes) {
  const InputFile file(bytes);
  tried([&] {
    LineReader reader(file.descriptor(), "results.jsonl");
    each_result(reader, [](const Result& result, const std::string&) { hold(result.json.is_object(), "a result is an object"); });
  });
}

Config small() {
  Config c;
  c.n_heads = 1, c.n_layers = 1, c.d_model = 8, c.d_vocab = 8, c.n_ctx = 12, c.batch = 2, c.period_min = 3, c.period_max = 5;
  return c;
}

void token_rows(Bytes bytes) {
  const InputFile file(bytes);
  tried([&] {
    const TokenRows rows = read_rows(file.path(), small());
    for (const ProbeRow& row : rows)
      for (const uint32_t token : row.tokens) hold(token < 8, "a token is in the vocabulary");
  });
}

void prompts(Bytes bytes) {
  static const std::vector<float> parameters = [] {
    const auto run = Run::create(small());
    const Region region = run->trainer().program.parameter_region;
    std::vector<float> values(region.size);
    for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 13) * 0.01f;
    return values;
  }();
  const InputFile file(bytes);
  tried([&] { (void)patches_json(small(), parameters, file.path()); });
}

// The files of a run's folder that are text: the first byte says which.
void run_folder(Bytes bytes) {
  if (bytes.empty()) return;
  static const std::string folder = [] {
    const std::string path = std::filesystem::temp_directory_path() / ("induction-fuzz-" + std::to_string(::getpid()));
    std::filesystem::create_directories(path);
    return path;
  }();
  const char* name = bytes[0] & 1 ? "/metrics.jsonl" : "/config.json";
  const int file = ::open((folder + name).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  write_all(file, bytes.subspan(1), name);
  ::close(file);
  tried([&] { bytes[0] & 1 ? (void)metrics_before(folder, 100) : (void)read_run_course(folder); });
  std::filesystem::remove_all(folder + name);
}

}  // namespace

const std::vector<Target>& native_targets() {
  static const std::vector<Target> list = {
      {"sweep_spec", sweep_spec}, {"results", results}, {"token_rows", token_rows}, {"prompts", prompts}, {"run_folder", run_folder}};
  return list;
}

}  // namespace induction::fuzz
