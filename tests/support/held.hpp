#pragma once
// What the suites about interventions share: lines of text, values for what is measured or given, a model on its held-out rows.

#include <algorithm>

#include "data/dataset.hpp"
#include "intervene.hpp"
#include "model.hpp"
#include "probes/held_values.hpp"
#include "support/support.hpp"
#include "trainer.hpp"

namespace induction::tests {

inline Intervention line(const std::string& text) {
  Intervention made;
  const std::string wrong = read_intervention(text, made);
  CAPTURE(wrong);
  REQUIRE(wrong.empty());
  return made;
}

inline uint32_t u32(int64_t x) { return static_cast<uint32_t>(x); }

// Interventions with numbers for what is measured or given.
inline Interventions filled(const Config& c, std::initializer_list<const char*> texts) {
  Interventions list;
  for (const char* text : texts) {
    list.push_back(line(text));
    Intervention& one = list.back();
    const auto length = static_cast<size_t>(c.n_ctx);
    const bool given = one.kind == Intervention::Kind::clamp_given;
    for (const double x : random_values(given ? length * length : values_needed(one, c), u32(static_cast<int64_t>(list.size())), 0.5))
      one.values.push_back(static_cast<float>(x));
    if (given)
      for (size_t i = 0; i < length * length; ++i)
        if (i % length > i / length) one.values[i] = 0;
  }
  REQUIRE(problems(list, c).empty());
  return list;
}

inline double mean_loss(Cpu<double>& cpu) {
  cpu.run(false);
  double sum = 0;
  for (const double x : cpu.read(cpu.program().loss)) sum += x;
  return sum / (cpu.program().batch * cpu.program().length);
}

// Every element of every parameter against central differences; the step and the tolerance of test_gradients.cpp. `patched`: what
// Program::patched gets, where there is one.
inline void check_extra_gradients(const Config& c, const Extras& extras, const std::vector<double>& patched = {}) {
  CAPTURE(config_label(c));
  for (const Mode mode : {Mode::plain, Mode::training}) {
    const Program program = record_model(c, {u32(c.batch), u32(c.n_ctx), u32(c.n_ctx)}, mode, extras);
    Cpu<double> cpu(program);
    if (extras.patches) cpu.write(program.patched, patched);
    initialise(c, cpu);
    perturb_parameters(cpu, 11);
    random_tokens(cpu, u32(c.d_vocab), 12);
    cpu.run(true);
    cpu.finish_gradient();
    for (const TensorId id : program.parameters) {
      CAPTURE(program.tensors[id].name);
      const std::vector<double> analytic = cpu.read(program.gradient[id]);
      std::vector<double> values = cpu.read(id), numeric(values.size());
      for (size_t i = 0; i < values.size(); ++i) {
        const double middle = values[i];
        double loss[2];
        for (const int side : {0, 1}) {
          values[i] = middle + (side ? 1e-5 : -1e-5);
          cpu.write(id, values);
          loss[side] = mean_loss(cpu);
        }
        values[i] = middle;
        cpu.write(id, values);
        numeric[i] = (loss[1] - loss[0]) / 2e-5;
      }
      // Where nothing reaches a parameter both are 0 but for rounding.
      double largest = 0, size = 1;
      for (size_t i = 0; i < numeric.size(); ++i)
        largest = std::max(largest, std::abs(analytic[i] - numeric[i])), size = std::max(size, std::abs(analytic[i]));
      CHECK(largest <= 1e-8 * size);
    }
  }
}

inline void check_held_gradients(const Config& c, std::initializer_list<const char*> texts) {
  CAPTURE(std::string(*texts.begin()));
  check_extra_gradients(c, {{}, false, filled(c, texts)});
}

inline Config held_config() {
  Config c = tiny_config();
  c.batch = 3, c.positions = kind::positions::learned;
  return c;
}

// The model on its held-out rows, in float, parameters as at the start and moved a little.
struct HeldOut {
  Program program;
  Cpu<float> cpu;
  HeldOut(const Config& c, const Interventions& held, Mode mode)
      : program(record_model(c, {kReservoir, u32(c.n_ctx), u32(c.n_ctx)}, mode, {{}, false, held})), cpu(program) {
    initialise(c, cpu);
    perturb_parameters(cpu, 3);
    float *tokens = cpu.data(program.tokens), *targets = cpu.data(program.targets);
    for (const Sequence& s : Dataset(c).held_out(kReservoir)) {
      tokens = std::copy(s.tokens.begin(), s.tokens.end(), tokens);
      targets = std::copy(s.targets.begin(), s.targets.end(), targets);
    }
  }
  std::vector<float> read(const std::string& name) const { return cpu.read(program.find(name)); }
};

}  // namespace induction::tests
