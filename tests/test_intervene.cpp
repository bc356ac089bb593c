// Interventions: their lines of text, and what the recorded Steps do to patterns, outputs, inputs and gradients.

#include <algorithm>

#include "data/dataset.hpp"
#include "intervene.hpp"
#include "model.hpp"
#include "probes/held_values.hpp"
#include "probes/interventions.hpp"
#include "support/support.hpp"
#include "trainer.hpp"

using namespace induction;
using namespace induction::tests;

namespace {

Intervention line(const std::string& text) {
  Intervention made;
  const std::string wrong = read_intervention(text, made);
  CAPTURE(wrong);
  REQUIRE(wrong.empty());
  return made;
}

std::string refusal(const std::string& text) {
  Intervention made;
  return read_intervention(text, made);
}

uint32_t u32(int64_t x) { return static_cast<uint32_t>(x); }

// Interventions with numbers for what is measured or given.
Interventions filled(const Config& c, std::initializer_list<const char*> texts) {
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

double mean_loss(Cpu<double>& cpu) {
  cpu.run(false);
  double sum = 0;
  for (const double x : cpu.read(cpu.program().loss)) sum += x;
  return sum / (cpu.program().batch * cpu.program().length);
}

// Every element of every parameter against central differences; the step and the tolerance of test_gradients.cpp.
void check_gradients(const Config& c, std::initializer_list<const char*> texts) {
  CAPTURE(config_label(c));
  CAPTURE(std::string(*texts.begin()));
  const Interventions held = filled(c, texts);
  for (const Mode mode : {Mode::plain, Mode::training}) {
    const Program program = record_model(c, {u32(c.batch), u32(c.n_ctx), u32(c.n_ctx)}, mode, {{}, false, held});
    Cpu<double> cpu(program);
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
      double largest = 0;
      for (size_t i = 0; i < numeric.size(); ++i) largest = std::max(largest, std::abs(analytic[i] - numeric[i]));
      CHECK(largest <= 1e-8);
    }
  }
}

Config small() {
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

}  // namespace

TEST_CASE("an intervention's text reads back as the same intervention") {
  for (const char* text : {"ablate 1.2 zero", "ablate 0.0 mean", "ablate 1.11 resample", "clamp 0.1 previous", "clamp 0.1 match",
                           "clamp 0.1 uniform", "clamp 0.1 given", "path 0.1 q 1.2 0", "path 0.1 k 2.0 -0.25", "path 0.1 v 1.2 1.5",
                           "freeze embed", "freeze blocks.0.attn.W_Q", "freeze blocks.1.attn.W_O 3"})
    CHECK(text_of(line(text)) == text);
  CHECK(text_of(line("freeze 1.2")) == "freeze blocks.1.attn 2");
  CHECK(text_of(line("  clamp   0.1  match ")) == "clamp 0.1 match");
}

TEST_CASE("hostile interventions are refused with one sentence") {
  for (const char* text : {"",
                           " ",
                           "ablate",
                           "ablate 0.1",
                           "ablate 0 zero",
                           "ablate 0. zero",
                           "ablate .1 zero",
                           "ablate -1.0 zero",
                           "ablate 0.1 zero zero",
                           "ablate 0.9999 zero",
                           "path 0.1 k",
                           "path 0.1 x 1.0 0",
                           "path 0.1 k 1.0 nan",
                           "path 0.1 k 1.0 1e9",
                           "path 0.1 k 1.0 0x1",
                           "path 0.1 k 1.0 0 0",
                           "clamp 0.1 PREVIOUS",
                           "explode 0.1",
                           "\n\t",
                           "freeze",
                           "freeze a b",
                           "freeze a 1 2",
                           "freeze a\x01"})
    CHECK(refusal(text).rfind("intervention '", 0) == 0);
  CHECK(refusal(std::string(100000, 'a')).size() < 200);
  CHECK(refusal("ablate 0.1 zeros") == "intervention 'ablate 0.1 zeros': there is no kind 'zeros'; ablate takes zero|mean|resample");
  CHECK(refusal("break 0.1 zero") == "intervention 'break 0.1 zero' must begin with ablate, clamp, path or freeze");
  CHECK(refusal("path 0.1 o 1.0 0").find("not at 'o'") != std::string::npos);
}

TEST_CASE("interventions that a model has no place for are refused: heads, paths backwards, paths through a norm, two on one place") {
  Config c = small();
  const auto says_so = [&](Interventions list, const char* words) {
    const Problems found = problems(list, c);
    REQUIRE(found.size() == 1);
    CAPTURE(found[0].message);
    CHECK(found[0].message.find(words) != std::string::npos);
  };
  says_so({line("ablate 2.0 zero")}, "there is no head 2.0");
  says_so({line("clamp 0.2 match")}, "there is no head 0.2");
  says_so({line("path 0.0 k 1.7 0")}, "there is no head 1.7");
  says_so({line("path 1.0 k 1.1 0")}, "must end in a later layer than 1");
  says_so({line("clamp 0.0 given")}, "needs a pattern of 8 rows");
  says_so({line("ablate 0.0 zero"), line("ablate 0.0 mean")}, "about the same place");
  says_so({line("path 0.0 k 1.1 0"), line("path 0.0 k 1.1 2")}, "about the same place");
  Interventions given = filled(c, {"clamp 0.0 given"});
  given[0].values[1] = 0.5f;  // row 0, key 1
  says_so(given, "row 0, key 1");
  says_so(Interventions(65, line("ablate 0.0 zero")), "at most 64");
  says_so({line("freeze blocks.7")}, "no parameter 'blocks.7'");
  says_so({line("freeze 0.5")}, "has no head 5");
  c.norm = kind::norm::rms;
  says_so({line("path 0.0 k 1.1 0")}, "not defined with a norm");
}

TEST_CASE("an ablation while the model runs is the ablation of a finished model, to the bit: zero, mean and resample") {
  const Config c = small();
  const std::pair<const char*, Ablation> kinds[] = {
      {"ablate 0.1 zero", Ablation::zero}, {"ablate 0.1 mean", Ablation::mean}, {"ablate 0.1 resample", Ablation::resample}};
  HeldOut clean(c, {}, Mode::plain);
  clean.cpu.run(false);
  for (const auto& [text, kind] : kinds) {
    const std::string said = text;
    CAPTURE(said);
    Interventions held = {line(text)};
    REQUIRE(measure_held(held, c, clean.cpu.region(clean.program.parameter_region), {}));
    CHECK(held[0].values.size() == values_needed(held[0], c));
    HeldOut after(c, {}, Mode::plain);
    const HeadPlace head{0, 1};
    run_ablated<float>(after.cpu, {&head, 1}, kind);
    for (const Mode mode : {Mode::plain, Mode::training}) {
      HeldOut during(c, held, mode);
      during.cpu.run(false);
      CHECK(same_bits(during.read("logits"), after.read("logits")));
      CHECK_FALSE(same_bits(during.read("logits"), clean.read("logits")));
    }
  }
}

TEST_CASE("clamped patterns are exactly as said, and the other heads of the layer keep theirs") {
  const Config c = small();
  const auto length = static_cast<size_t>(c.n_ctx);
  HeldOut clean(c, {}, Mode::training);
  clean.cpu.run(false);
  const auto rows = Dataset(c).held_out(kReservoir);
  for (const char* text : {"clamp 0.1 previous", "clamp 0.1 uniform", "clamp 0.1 match", "clamp 0.1 given"}) {
    CAPTURE(std::string(text));
    const Interventions held = filled(c, {text});
    for (const Mode mode : {Mode::plain, Mode::training}) {
      HeldOut during(c, held, mode);
      during.cpu.run(false);
      const std::vector<float> got = during.read("blocks.0.attn.hook_pattern"), before = clean.read("blocks.0.attn.hook_pattern");
      bool right = true, others = true;
      for (size_t i = 0; i < got.size(); ++i) {
        const size_t k = i % length, q = i / length % length, head = i / length / length % 2, row = i / length / length / 2;
        if (head == 0) {
          others = others && got[i] == before[i];
          continue;
        }
        const auto& x = rows[row].tokens;
        const auto matches = std::count(x.begin(), x.begin() + static_cast<long>(q), x[q]);  // keys 1..q follow tokens 0..q−1
        const bool match = k >= 1 && k <= q && x[k - 1] == x[q];
        const float even = k <= q ? 1.0f / static_cast<float>(q + 1) : 0.0f;
        const float wanted = held[0].kind == Intervention::Kind::clamp_previous  ? (q == 0 ? k == 0 : k + 1 == q)
                             : held[0].kind == Intervention::Kind::clamp_uniform ? even
                             : held[0].kind == Intervention::Kind::clamp_given   ? held[0].values[q * length + k]
                             : matches > 0                                       ? (match ? 1.0f / static_cast<float>(matches) : 0.0f)
                                                                                 : even;
        right = right && got[i] == wanted;
      }
      CHECK(right);
      CHECK(others);
    }
  }
}

TEST_CASE("gradients equal central differences under every kind of intervention") {
  Config c = small();
  c.d_model = 6, c.d_head = 3, c.n_ctx = 8, c.d_vocab = 4;
  for (const char* text : {"ablate 0.1 zero", "ablate 1.0 mean", "ablate 0.1 resample", "clamp 0.1 previous", "clamp 1.1 match",
                           "clamp 0.0 uniform", "clamp 1.0 given", "path 0.1 q 1.0 0.5", "path 0.0 k 1.1 -2", "path 0.1 v 1.1 0"})
    check_gradients(c, {text});
  // Several at once, on the same heads, and inputs that come from two projections.
  check_gradients(c, {"clamp 0.1 match", "ablate 0.1 mean", "path 0.1 k 1.0 0.5", "path 0.1 v 1.1 3", "path 0.0 k 1.0 0"});
  c.positions = kind::positions::shortformer, c.smeared_keys = true, c.batch = 2;
  check_gradients(c, {"path 0.1 q 1.0 0.5", "path 0.1 k 1.0 0", "path 0.1 v 1.0 2", "clamp 1.1 previous"});
  c.positions = kind::positions::rotary, c.d_head = 2, c.tied_embedding = true, c.norm = kind::norm::layer;
  check_gradients(c, {"ablate 0.1 zero", "clamp 0.1 uniform", "clamp 1.0 previous"});
}

TEST_CASE("a path with factor 1 changes nothing; with 0 into every input of a layer, that layer sees what ablating the head shows it") {
  Config c = small();
  const auto run = [&](std::initializer_list<const char*> texts, const char* name) {
    const Program program = record_model(c, {4, u32(c.n_ctx), u32(c.n_ctx)}, Mode::plain, {{}, false, filled(c, texts)});
    Cpu<double> cpu(program);
    initialise(c, cpu);
    random_tokens(cpu, u32(c.d_vocab), 5);
    cpu.run(false);
    return cpu.read(program.find(name));
  };
  for (const auto positions : {kind::positions::learned, kind::positions::shortformer, kind::positions::rotary}) {
    c.positions = positions;

    CHECK(relative_distance(run({"path 0.1 k 1.0 1"}, "logits"), run({}, "logits")) <= 1e-14);
    const std::initializer_list<const char*> cut = {"path 0.1 q 1.0 0", "path 0.1 k 1.0 0", "path 0.1 v 1.0 0",
                                                    "path 0.1 q 1.1 0", "path 0.1 k 1.1 0", "path 0.1 v 1.1 0"};
    for (const char* name : {"blocks.1.attn.hook_pattern", "blocks.1.attn.hook_z"}) {
      // Rounding of double only: the same sum in another order.
      CHECK(relative_distance(run(cut, name), run({"ablate 0.1 zero"}, name)) <= 1e-12);
      CHECK(relative_distance(run(cut, name), run({}, name)) > 1e-3);
    }
    // What goes to the logits directly stays.
    CHECK(relative_distance(run(cut, "logits"), run({"ablate 0.1 zero"}, "logits")) > 1e-3);
  }
}

TEST_CASE("only named heads pay: each intervention adds just its own Steps, and a clamped layer is the only unfused one") {
  const Config c = small();
  const auto forward = [&](std::initializer_list<const char*> texts) {
    return record_model(c, {4, u32(c.n_ctx), u32(c.n_ctx)}, Mode::training, {{}, false, filled(c, texts)}).forward;
  };
  const size_t plain = forward({}).size();
  CHECK(forward({"ablate 0.1 zero"}).size() == plain + 1);
  CHECK(forward({"path 0.1 k 1.0 0"}).size() == plain + 4);
  const std::vector<Step> clamped = forward({"clamp 0.1 previous"});
  CHECK(clamped.size() == plain - 1 + 5);  // products, mask, softmax, put, z instead of one fused step
  CHECK(std::count_if(clamped.begin(), clamped.end(), [](const Step& step) { return step.kernel == Kernel::attention; }) == 1);
}
