#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "config_json.hpp"
#include "course_json.hpp"
#include "data/corpus.hpp"
#include "experiment.hpp"
#include "opened.hpp"
#include "targets.hpp"

namespace induction::fuzz {
namespace {

void config(Bytes bytes) {
  Config read, again;
  if (!config_from_json(text_of(bytes), read).empty()) return;
  (void)problems(read);
  const std::string text = config_to_json(read);
  hold(config_from_json(text, again).empty() && config_to_json(again) == text, "a config that was written is read as it was");
}

void course(Bytes bytes) {
  Course read, again;
  if (!course_from_json(text_of(bytes), read).empty()) return;
  if (!problems(read).empty()) return;
  const std::string text = course_to_json(read);
  hold(course_from_json(text, again).empty() && course_to_json(again) == text, "a course that was written is read as it was");
}

void experiment(Bytes bytes) {
  Experiment read;
  if (!experiment_from_json(text_of(bytes), read).empty()) return;
  for (size_t arm = 0; arm < read.arms.size(); ++arm) (void)arm_course(read, arm, 0);
}

bool same(const TensorFile& a, const TensorFile& b) {
  const auto equal = [](const NamedArray& x, const NamedArray& y) {
    return x.name == y.name && x.shape == y.shape && x.values.size() == y.values.size() &&
           (x.values.empty() || std::memcmp(x.values.data(), y.values.data(), 4 * x.values.size()) == 0);
  };
  return a.metadata == b.metadata && std::equal(a.arrays.begin(), a.arrays.end(), b.arrays.begin(), b.arrays.end(), equal);
}

// A run that takes no time to make.
bool tiny(const Course& course) {
  return std::all_of(course.phases.begin(), course.phases.end(), [](const Phase& phase) {
    const Config& c = phase.config;
    return c.n_layers <= 2 && c.n_heads <= 4 && c.d_model <= 32 && c.d_vocab <= 64 && c.n_ctx <= 32 && c.batch <= 8 && !own_data(c);
  });
}

void safetensors(Bytes bytes) {
  TensorFile file, again;
  if (!read_tensors(bytes, file).empty()) return;
  hold(read_tensors(write_tensors(file), again).empty() && same(file, again), "tensors that were written are read as they were");
  Opened opened;
  if (!look_at(file, opened).empty() || opened.asks_norm() || opened.asks_length() || !tiny(opened.course)) return;
  if (const std::unique_ptr<Run> run = Run::create(opened.course); run && open_into(file, opened, *run).empty()) (void)run->advance(1);
}

// Every way to read it, whole and piece by piece; the first byte says with which vocabulary.
void tokens(Bytes bytes) {
  if (bytes.empty()) return;
  Config c;
  c.n_ctx = 4, c.d_vocab = 64;
  c.task = bytes[0] & 1 ? kind::task::text : kind::task::tokens;
  c.vocabulary = bytes[0] & 2 ? kind::vocabulary::word : kind::vocabulary::character;
  const int64_t most = bytes[0] & 4 ? 4 : c.d_vocab;
  const Bytes data = bytes.subspan(1);
  const ByteSource source{data.size(), [data](uint64_t at, std::span<uint8_t> into) {
                            const Bytes part = data.subspan(std::min<uint64_t>(at, data.size()));
                            const size_t n = std::min(part.size(), into.size());
                            std::copy_n(part.begin(), n, into.begin());
                            return n;
                          }};
  Corpus whole, streamed;
  const std::string wrong = read_corpus(data, c, most, whole);
  hold(wrong == scan_corpus(source, c, most, streamed), "data is refused with one sentence however it is read");
  if (!wrong.empty()) return;
  hold(whole.hash == streamed.hash && whole.labels == streamed.labels && whole.seen == streamed.seen,
       "data has one hash however it is read");
  (void)corpus_problems(c, &whole);
  std::vector<uint32_t> a(std::min(whole.tokens(), 64u)), b(a.size());
  const uint32_t from = whole.tokens() - static_cast<uint32_t>(a.size());
  whole.read(from, a), streamed.read(from, b);
  hold(a == b && *std::max_element(a.begin(), a.end()) < whole.labels.size(), "tokens are the same however they are read, and have labels");
}

}  // namespace

void broken(const char* claim) {
  std::fprintf(stderr, "does not hold: %s\n", claim);
  std::abort();
}

const std::vector<Target>& core_targets() {
  static const std::vector<Target> list = {
      {"config", config}, {"course", course}, {"experiment", experiment}, {"safetensors", safetensors}, {"tokens", tokens}};
  return list;
}

}  // namespace induction::fuzz
