// The module's surface: plain C functions over Run. Text goes out as JSON in one buffer that the next call reuses; arrays
// go out as a pointer and a length, to be copied at once. Every failure is JSON with "problems"; nothing throws.

#include <emscripten/emscripten.h>

#include <cstdlib>

#include "memory.hpp"
#include "probes/heads.hpp"
#include "probes/prompt.hpp"
#include "record.hpp"
#include "session.hpp"
#include "snapshot.hpp"

using namespace induction;

namespace {

std::string answer;  // the last text handed out

using induction::hand_out;
const char* hand_out(const Problems& problems) { return hand_out(problems_json(problems)); }

Problems parse(const char* json, Course& course) {
  Problems found = course_from_json(json, course);
  return found.empty() ? refusals(course) : found;
}

// The runner of prompts for what is in force now: a phase or an intervention may have begun since the last prompt.
PromptRunner& prompt_of(Session* s) {
  if (s->prompt_generation != s->run->generation()) {
    s->prompt = PromptRunner(s->run->config(), s->run->held());
    s->prompt_generation = s->run->generation();
  }
  return s->prompt;
}

}  // namespace

const char* induction::hand_out(std::string text) {
  answer = std::move(text);
  return answer.c_str();
}

Problems induction::refusals(const Course& course) {
  Problems found = problems(course);
  for (size_t i = 0; found.empty() && i < course.phases.size(); ++i) found = corpus_problems(course.phases[i].config, given_corpus().get());
  return found.empty() ? memory_problem(course) : found;
}

Session* induction::new_session(std::unique_ptr<Run> run) {
  PromptRunner prompt(run->config(), run->held());
  const uint64_t generation = run->generation();
  return new Session{std::move(run), std::move(prompt), {}, {}, {}, 0, {}, generation};
}

extern "C" {

EMSCRIPTEN_KEEPALIVE const char* ip_schema() { return hand_out(schema_json()); }

EMSCRIPTEN_KEEPALIVE const char* ip_problems(const char* json) {
  Course course;
  return hand_out(parse(json, course));
}

/// A session, or null; then ip_answer has the problems. json: a Config, or a Course (core/course_json.hpp).
EMSCRIPTEN_KEEPALIVE Session* ip_create(const char* json) {
  Course course;
  Problems found = parse(json, course);
  std::unique_ptr<Run> run = found.empty() ? Run::create(course, 1, {}, default_kernels<float>(), given_corpus()) : nullptr;
  if (found.empty() && !run) found.push_back({"", "there is not enough memory for this configuration"});
  hand_out(found);
  return run ? new_session(std::move(run)) : nullptr;
}
EMSCRIPTEN_KEEPALIVE void ip_dispose(Session* s) { delete s; }
EMSCRIPTEN_KEEPALIVE const char* ip_answer() { return answer.c_str(); }

EMSCRIPTEN_KEEPALIVE const char* ip_config(Session* s) { return hand_out(config_to_json(s->run->config())); }
EMSCRIPTEN_KEEPALIVE int ip_d_head(Session* s) { return static_cast<int>(head_width(s->run->config())); }
EMSCRIPTEN_KEEPALIVE int ip_n_parameters(Session* s) {
  uint32_t n = 0;
  const Program& program = s->run->trainer().program;
  for (const TensorId id : program.parameters) n += program.tensors[id].elements();
  return static_cast<int>(n);
}
EMSCRIPTEN_KEEPALIVE double ip_step(Session* s) { return static_cast<double>(s->run->step()); }

EMSCRIPTEN_KEEPALIVE void ip_train(Session* s, int n) {
  Run::Report report = s->run->advance(static_cast<uint64_t>(n < 0 ? 0 : n));
  if (n > 0) s->loss = report.loss;
  s->stopped = std::move(report.stopped);
}
EMSCRIPTEN_KEEPALIVE double ip_loss(Session* s) { return s->loss; }
EMSCRIPTEN_KEEPALIVE const char* ip_stopped(Session* s) { return s->stopped.c_str(); }

EMSCRIPTEN_KEEPALIVE const char* ip_set(Session* s, const char* json) {
  Config config = s->run->config();
  Problems found = config_from_json(json, config);
  if (found.empty()) found = s->run->set(config);
  return hand_out(found);
}

/// Holds just these interventions from the present step on: a JSON list of lines (core/intervene.hpp), [] for none.
EMSCRIPTEN_KEEPALIVE const char* ip_intervene(Session* s, const char* json) {
  Interventions held;
  Problems found = interventions_from_json(json, held);
  if (found.empty()) found = s->run->intervene(held);
  return hand_out(found);
}
/// Goes by another Course of the same model from the present step on; what has been trained stays.
EMSCRIPTEN_KEEPALIVE const char* ip_follow(Session* s, const char* json) {
  Course course;
  Problems found = parse(json, course);
  if (found.empty()) found = s->run->follow(course);
  return hand_out(found);
}
/// What has happened and is planned, as ip_create takes it.
EMSCRIPTEN_KEEPALIVE const char* ip_course(Session* s) { return hand_out(course_to_json(s->run->course())); }
/// Another number than before: the Program was recorded anew, and so the step lists, the arena and the data of a second executor.
EMSCRIPTEN_KEEPALIVE double ip_generation(Session* s) { return static_cast<double>(s->run->generation()); }
/// The step at which the next phase begins: a second executor must not go beyond it. -1: none follows.
EMSCRIPTEN_KEEPALIVE double ip_next_change(Session* s) {
  const uint64_t next = s->run->course().next_change(s->run->step());
  return next == UINT64_MAX ? -1 : static_cast<double>(next);
}

EMSCRIPTEN_KEEPALIVE const char* ip_probe(Session* s) { return hand_out(probe_json(s->run->probe())); }
EMSCRIPTEN_KEEPALIVE const char* ip_signature(Session* s) { return hand_out(s->run->signature()); }

/// Fills `tokens` (n_ctx places) with a held-out example.
EMSCRIPTEN_KEEPALIVE void ip_example(Session* s, int32_t* tokens) {
  const Sequence sequence = s->run->trainer().dataset.example();
  for (size_t t = 0; t < sequence.tokens.size(); ++t) tokens[t] = static_cast<int32_t>(sequence.tokens[t]);
}

EMSCRIPTEN_KEEPALIVE const char* ip_forward(Session* s, const int32_t* tokens, int n) {
  const std::span<const int32_t> row(tokens, static_cast<size_t>(n));
  PromptRunner& prompt = prompt_of(s);
  if (const std::string wrong = prompt.problem(row); !wrong.empty()) return hand_out(Problems{{"", wrong}});
  s->frame = prompt.run(s->run->cpu().region(s->run->trainer().program.parameter_region), row);
  s->targets = induction_targets(std::vector<uint32_t>(row.begin(), row.end()));
  return hand_out(Problems{});
}
EMSCRIPTEN_KEEPALIVE const float* ip_pattern(Session* s) { return s->frame.pattern.data(); }
EMSCRIPTEN_KEEPALIVE int ip_pattern_count(Session* s) { return static_cast<int>(s->frame.pattern.size()); }
EMSCRIPTEN_KEEPALIVE const float* ip_prompt_loss(Session* s) { return s->frame.loss.data(); }
EMSCRIPTEN_KEEPALIVE const float* ip_probabilities(Session* s) { return s->frame.probabilities.data(); }
EMSCRIPTEN_KEEPALIVE int ip_probabilities_count(Session* s) { return static_cast<int>(s->frame.probabilities.size()); }
EMSCRIPTEN_KEEPALIVE const uint8_t* ip_targets(Session* s) { return s->targets.data(); }

/// Makes a checkpoint file, or (model) one of the parameters alone; returns its length, ip_file its bytes.
EMSCRIPTEN_KEEPALIVE int ip_save(Session* s, int model) {
  s->file = save_run(*s->run, model ? Contents::model : Contents::checkpoint);
  return static_cast<int>(s->file.size());
}
EMSCRIPTEN_KEEPALIVE const uint8_t* ip_file(Session* s) { return s->file.data(); }

EMSCRIPTEN_KEEPALIVE const char* ip_load(Session* s, const uint8_t* bytes, int n) {
  TensorFile file;
  std::string wrong = read_tensors({bytes, static_cast<size_t>(n)}, file);
  Course course;
  // A file without a course goes on by the session's own.
  if (wrong.empty() && file.metadata.count("course")) {
    wrong = course_of(file, course);
    if (const Problems found = wrong.empty() ? s->run->follow(course) : Problems{}; !found.empty()) wrong = found[0].message;
  }
  if (wrong.empty()) wrong = load_run(file, *s->run);
  return hand_out(wrong.empty() ? Problems{} : Problems{{"", wrong}});
}

EMSCRIPTEN_KEEPALIVE void* ip_take(int bytes) { return std::malloc(static_cast<size_t>(bytes)); }
EMSCRIPTEN_KEEPALIVE void ip_give(void* memory) { std::free(memory); }

}  // extern "C"
