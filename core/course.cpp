#include "course.hpp"

#include <algorithm>
#include <limits>

#include "model.hpp"

namespace induction {
namespace {

// Where every parameter lies: Programs of the same layout can go on with each other's parameters.
bool same_layout(const Config& a, const Config& b) {
  const auto layout = [](const Config& c) {
    const auto length = static_cast<uint32_t>(c.n_ctx);
    const Program program = record_model(c, {1, length, length});
    std::vector<Tensor> tensors;
    for (const TensorId id : program.parameters) tensors.push_back(program.tensors[id]);
    return tensors;
  };
  const std::vector<Tensor> x = layout(a), y = layout(b);
  return std::equal(x.begin(), x.end(), y.begin(), y.end(), [](const Tensor& one, const Tensor& other) {
    return one.name == other.name && one.shape == other.shape && one.stride == other.stride && one.offset == other.offset;
  });
}

// Knobs that phase `c` must share with the run's first one, `first`, and does not.
std::vector<const Knob*> fixed_knobs(const Config& first, const Config& c) {
  std::vector<const Knob*> fixed, changed;
  for (const char* name : {"seed", "d_vocab", "n_ctx"})
    if (const Knob* knob = find_knob(name); knob->get(first) != knob->get(c)) fixed.push_back(knob);
  if (!fixed.empty() || same_layout(first, c)) return fixed;
  for (const Knob& knob : knobs()) {
    if (knob.get(first) == knob.get(c)) continue;
    changed.push_back(&knob);
    Config alone = first;
    knob.set(alone, knob.get(c));
    if (problems(alone).empty() && !same_layout(first, alone)) fixed.push_back(&knob);
  }
  return fixed.empty() ? changed : fixed;
}

std::string phase_text(size_t index, const Course& course) {
  return course.phases.size() > 1 ? "phase " + std::to_string(index + 1) + ": " : "";
}

}  // namespace

size_t Course::index_at(uint64_t step) const {
  size_t index = 0;
  while (index + 1 < phases.size() && phases[index + 1].at <= step) ++index;
  return index;
}

uint64_t Course::next_change(uint64_t step) const {
  const size_t next = index_at(step) + 1;
  return next < phases.size() ? phases[next].at : std::numeric_limits<uint64_t>::max();
}

uint64_t Course::moments_since(uint64_t step) const {
  size_t index = index_at(step);
  while (index > 0 && phases[index - 1].config.optimizer == phases[index].config.optimizer) --index;
  return phases[index].at;
}

void Course::change(uint64_t step, const Config& config, const Interventions& held) {
  const auto forgotten = [&](const Phase& phase) { return !phase.planned() && phase.at >= step; };
  phases.erase(std::remove_if(phases.begin(), phases.end(), forgotten), phases.end());
  const size_t index = index_at(step);
  if (phases[index].at == step) {
    phases[index].config = config, phases[index].held = held;
    return;
  }
  phases.insert(phases.begin() + static_cast<long>(index) + 1, {step, phases[index].clock, config, held});
}

Problems problems(const Course& course) {
  Problems found;
  for (size_t i = 0; i < course.phases.size(); ++i) {
    const Phase& phase = course.phases[i];
    Problems own = problems(phase.config);
    if (own.empty()) own = problems(phase.held, phase.config);
    for (const Problem& problem : own) found.push_back({problem.knob, phase_text(i, course) + problem.message});
    const bool rises = i == 0 ? phase.at == 0 : phase.at > course.phases[i - 1].at;
    if (!rises || phase.clock > phase.at)
      found.push_back({"phases", "phase " + std::to_string(i + 1) + " begins at step " + std::to_string(phase.at) +
                                     "; the first begins at 0, each later one after the one before, and no schedule after its phase"});
  }
  if (!found.empty()) return found;
  const Config& first = course.phases[0].config;
  for (size_t i = 1; i < course.phases.size(); ++i)
    for (const Knob* knob : fixed_knobs(first, course.phases[i].config))
      found.push_back({knob->name, phase_text(i, course) + knob->name + " is " + value_text(*knob, course.phases[i].config) +
                                       ", and in phase 1 " + value_text(*knob, first) + "; it must be the same in all phases of a run"});
  return found;
}

bool same_course(const Config& a, const Config& b) {
  Config other = b;
  other.probe_every = a.probe_every;
  if (a.schedule == kind::schedule::constant) other.steps = a.steps;
  return a == other;
}

}  // namespace induction
