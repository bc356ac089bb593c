// The Program and its arena as plain data, for a second executor outside (docs/architecture.md). Copies out, regions in.

#include <emscripten/emscripten.h>

#include <algorithm>
#include <string>

#include "session.hpp"

using namespace induction;

namespace {

constexpr const char* kKernelNames[] = {
#define KERNEL(name) #name,
#include "kernels/kernels.def"
#undef KERNEL
};

// JSON of names and numbers only: nothing here needs escaping.
std::string member(const char* name, const std::string& value) { return "\"" + std::string(name) + "\":" + value; }
std::string member(const char* name, uint64_t value) { return member(name, std::to_string(value)); }
std::string member(const char* name, const Region& region) {
  return member(name, "[" + std::to_string(region.offset) + "," + std::to_string(region.size) + "]");
}
std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ",") + part;
  return text;
}

std::string kernel_names() {
  std::vector<std::string> names;
  for (const char* name : kKernelNames) names.push_back("\"" + std::string(name) + "\"");
  for (const std::string& task : find_knob("task")->options) names.push_back("\"draw_" + task + "\"");
  names.push_back("\"draw_given\"");
  return "[" + joined(names) + "]";
}

const Program& program_of(Session* s) { return s->run->trainer().program; }

// The executor of the training Program (0), of the last prompt's (1), of the last pair's that was patched (2); nullptr when there was none
// yet.
Cpu<float>* cpu_of(Session* s, int which) {
  if (which == 2) return s->patches ? &s->patches->cpu() : nullptr;
  return which ? s->prompt.last() : &s->run->cpu();
}

const std::vector<Step>& list_of(Session* s, int which, int list) {
  const Program& program = cpu_of(s, which)->program();
  const std::vector<Step>* lists[] = {&program.forward, &program.backward, &program.finish, &program.update};
  return *lists[list & 3];
}

std::string regions_object(const Program& p) {
  return "{" +
         joined({member("parameters", p.parameter_region), member("gradients", p.gradient_region), member("chunks", p.chunk_region),
                 member("moment1", p.moment1_region), member("moment2", p.moment2_region)}) +
         "}";
}

// What a batch is made of, in the order in which it is given from outside.
std::vector<Region> inputs_of(const Program& p) {
  const uint32_t floats = p.batch * p.length;
  std::vector<Region> inputs = {{p.tensors[p.tokens].offset, floats}, {p.tensors[p.targets].offset, floats}};
  if (p.weights != kNoTensor) inputs.push_back({p.tensors[p.weights].offset, floats});
  return inputs;
}

std::string inputs_array(const Program& p) {
  std::vector<std::string> regions;
  for (const Region& region : inputs_of(p))
    regions.push_back("[" + std::to_string(region.offset) + "," + std::to_string(region.size) + "]");
  return "[" + joined(regions) + "]";
}

// A Step that copies a batch from outside into the inputs: draw_given, the last kernel. offset, size: of each input.
Step give(const Program& p) {
  Step step;
  step.kernel = static_cast<Kernel>(static_cast<size_t>(Kernel::count) + find_knob("task")->options.size());
  const std::vector<Region> inputs = inputs_of(p);
  for (size_t i = 0; i < inputs.size(); ++i) step.offset[i] = inputs[i].offset, step.size[i] = inputs[i].size;
  return step;
}

// Where each layer's pattern starts.
std::string patterns_array(const Program& p) {
  std::vector<std::string> offsets;
  for (TensorId id; (id = p.find("blocks." + std::to_string(offsets.size()) + ".attn.hook_pattern")) != kNoTensor;)
    offsets.push_back(std::to_string(p.tensors[id].offset));
  return "[" + joined(offsets) + "]";
}

}  // namespace

extern "C" {

/// A Program (`which`: see cpu_of) but for its step lists, which ip_steps gives. null: there is none yet.
EMSCRIPTEN_KEEPALIVE const char* ip_program(Session* s, int which) {
  if (!cpu_of(s, which)) return hand_out("null");
  const Program& p = cpu_of(s, which)->program();
  const auto place = [&](const char* name, TensorId id) { return member(name, uint64_t{p.tensors[id].offset}); };
  return hand_out(
      "{" +
      joined({member("step_words", uint64_t{sizeof(Step) / 4}), member("kernels", kernel_names()), member("arena_floats", p.arena_floats),
              member("batch", uint64_t{p.batch}), member("length", uint64_t{p.length}), member("chunks", uint64_t{p.chunks}),
              member("chunk_sequences", uint64_t{p.chunk_sequences}), member("regions", regions_object(p)),
              member("patterns", patterns_array(p)), place("tokens", p.tokens), place("targets", p.targets),
              member("inputs", inputs_array(p)), place("loss", p.loss), place("statistics", p.statistics)}) +
      "}");
}

/// Steps of a list: 0 forward, 1 backward, 2 finish, 3 update.
EMSCRIPTEN_KEEPALIVE const Step* ip_steps(Session* s, int which, int list) { return list_of(s, which, list).data(); }
EMSCRIPTEN_KEEPALIVE int ip_step_count(Session* s, int which, int list) { return static_cast<int>(list_of(s, which, list).size()); }

EMSCRIPTEN_KEEPALIVE const float* ip_arena(Session* s, int which) { return cpu_of(s, which)->region({0, 0}).data(); }

/// Fills `step` with the Step that makes a training batch: draws it (Dataset::draw), or takes it from outside where the task has no WGSL
/// or where `given` asks for that. Returns 1 for a batch from outside.
EMSCRIPTEN_KEEPALIVE int ip_draw(Session* s, Step* step, int given) {
  const Program& p = program_of(s);
  const Dataset& dataset = s->run->trainer().dataset;
  const bool outside = given != 0 || !dataset.drawn_on_device();
  *step = outside ? give(p) : dataset.draw(p.tensors[p.tokens].offset, p.tensors[p.targets].offset);
  return outside;
}
EMSCRIPTEN_KEEPALIVE const uint32_t* ip_draw_table(Session* s) { return s->run->trainer().dataset.table().data(); }
EMSCRIPTEN_KEEPALIVE int ip_draw_table_size(Session* s) { return static_cast<int>(s->run->trainer().dataset.table().size()); }

/// Fills `hyper` (a Hyper's floats) for training step `step`.
EMSCRIPTEN_KEEPALIVE int ip_hyper(Session* s, Hyper* hyper, double step) {
  *hyper = s->run->hyper(static_cast<uint64_t>(step));
  return sizeof(Hyper) / sizeof(float);
}

/// What to say when another executor's numbers ran away in training step `step`.
EMSCRIPTEN_KEEPALIVE const char* ip_runaway(Session* s, double step) {
  return hand_out(s->run->runaway_message(static_cast<uint64_t>(step)));
}

/// Puts the batch of training step `step` into the arena, where training would put it.
EMSCRIPTEN_KEEPALIVE void ip_batch(Session* s, double step) { s->run->trainer().fill(static_cast<uint64_t>(step), s->run->cpu()); }

/// Goes on from parameters, moment1 and moment2, one after the other in `values`, at a step count.
EMSCRIPTEN_KEEPALIVE void ip_restore(Session* s, const float* values, double step) {
  State state = s->run->state();
  state.step = static_cast<uint64_t>(step);
  for (std::vector<float>* part : {&state.parameters, &state.moment1, &state.moment2}) {
    std::copy(values, values + part->size(), part->begin());
    values += part->size();
  }
  s->run->restore(state);
}

/// Runs one Step by itself on the arena, for comparing executors. It need not be one of the Program's; it must fit the arena.
EMSCRIPTEN_KEEPALIVE int ip_run_alone(Session* s, const Step* step, int chunked) {
  if (step->kernel >= Kernel::count) return 0;
  s->run->cpu().at_step(s->run->step());
  s->run->cpu().run_alone(*step, chunked != 0, s->run->hyper(s->run->step()));
  return 1;
}

}  // extern "C"
