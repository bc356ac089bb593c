// Interventions: what the recorded Steps do to patterns, outputs, inputs and gradients.

#include "probes/interventions.hpp"
#include "support/held.hpp"

namespace test_intervene {

using namespace induction;
using namespace induction::tests;

TEST_CASE("an ablation while the model runs is the ablation of a finished model, to the bit: zero, mean and resample") {
  const Config c = held_config();
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

TEST_CASE("a patch puts in what the head put out of its prompt, to the bit, where both have that position; the rest is the model's") {
  const Config c = held_config();
  HeldOut clean(c, {}, Mode::plain);
  clean.cpu.run(false);
  const std::vector<float> before = clean.read("blocks.0.attn.hook_z");
  // The prompt is the beginning of held-out row 3.
  const auto row = Dataset(c).held_out(4)[3].tokens;
  const size_t length = static_cast<size_t>(c.n_ctx), width = 4;
  const std::string tokens = std::to_string(row[0]) + "-" + std::to_string(row[1]) + "-" + std::to_string(row[2]);
  for (const auto& [at, first, last] : {std::tuple("all", 0, 2), {"2", 2, 2}}) {
    Interventions held = {line("patch 0.1 " + std::string(at) + " " + tokens)};
    REQUIRE(measure_held(held, c, clean.cpu.region(clean.program.parameter_region), {}));
    for (const Mode mode : {Mode::plain, Mode::training}) {
      HeldOut during(c, held, mode);
      during.cpu.run(false);
      const std::vector<float> z = during.read("blocks.0.attn.hook_z");
      bool right = true;
      for (size_t i = 0; i < z.size(); ++i) {
        const size_t t = i / width / 2 % length, in_row = i % (length * 2 * width);
        const bool there = i / width % 2 == 1 && t >= static_cast<size_t>(first) && t <= static_cast<size_t>(last);
        right = right && z[i] == (there ? before[3 * length * 2 * width + in_row] : before[i]);
      }
      CHECK(right);
      CHECK_FALSE(same_bits(during.read("logits"), clean.read("logits")));
    }
  }
}

TEST_CASE("clamped patterns are exactly as said, and the other heads of the layer keep theirs") {
  const Config c = held_config();
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

TEST_CASE("a given copy is the model without the head, and its attention to each token times the factor on that token's logit") {
  const Config c = held_config();
  const auto rows = Dataset(c).held_out(kReservoir);
  const size_t length = static_cast<size_t>(c.n_ctx), vocabulary = static_cast<size_t>(c.d_vocab);
  for (const Mode mode : {Mode::plain, Mode::training}) {
    HeldOut with(c, {line("copy 1.1 3.5"), line("copy 0.0 -2"), line("clamp 0.0 match")}, mode);
    HeldOut without(c, {line("ablate 1.1 zero"), line("ablate 0.0 zero"), line("clamp 0.0 match")}, mode);
    with.cpu.run(false), without.cpu.run(false);
    std::vector<float> wanted = without.read("logits");
    for (const auto& [layer, head, factor] : {std::tuple(0, 0, -2.0f), {1, 1, 3.5f}}) {
      const std::vector<float> pattern = with.read("blocks." + std::to_string(layer) + ".attn.hook_pattern");
      for (size_t b = 0; b < rows.size(); ++b)
        for (size_t q = 0; q < length; ++q)
          for (size_t k = 0; k < length; ++k)
            wanted[(b * length + q) * vocabulary + rows[b].tokens[k]] +=
                factor * pattern[((b * 2 + static_cast<size_t>(head)) * length + q) * length + k];
    }
    // The fused attention of the model without, against attention in pieces, of layers without anything held on their pattern.
    const std::vector<float> got = with.read("logits");
    double apart = 0;
    for (size_t i = 0; i < got.size(); ++i) apart = std::max(apart, std::abs(static_cast<double>(got[i]) - static_cast<double>(wanted[i])));
    CHECK(apart <= (mode == Mode::plain ? 0.0 : 2e-6));
  }
}

TEST_CASE(
    "a given match and a given copy of strength b are a whole induction head: a copy costs ln(1 + (V - 1) exp(-b)) in a model of zeros") {
  Config c;
  c.init_scale = 0, c.without_replacement = true;
  HeldOut made(c, {line("clamp 1.2 match"), line("copy 1.2 6")}, Mode::training);
  initialise(c, made.cpu);
  made.cpu.run(false);
  const std::vector<float> loss = made.read("loss");
  const double wanted = std::log(1 + (static_cast<double>(c.d_vocab) - 1) * std::exp(-6.0));
  size_t copies = 0;
  double apart = 0;
  const auto rows = Dataset(c).held_out(kReservoir);
  for (size_t b = 0; b < rows.size(); ++b)
    for (size_t t = 0; t < rows[b].tokens.size(); ++t)
      if (rows[b].inducible[t])
        apart = std::max(apart, std::abs(static_cast<double>(loss[b * rows[b].tokens.size() + t]) - wanted)), ++copies;
  CHECK(copies > 500);
  CHECK(apart <= 2e-6);  // a few units of the last place of logits of 6, in an exponential
}

TEST_CASE("gradients equal central differences under every kind of intervention") {
  Config c = held_config();
  c.d_model = 6, c.d_head = 3, c.n_ctx = 8, c.d_vocab = 4;
  for (const char* text : {"ablate 0.1 zero", "ablate 1.0 mean", "ablate 0.1 resample", "clamp 0.1 previous", "clamp 1.1 match",
                           "clamp 0.0 uniform", "clamp 1.0 given", "path 0.1 q 1.0 0.5", "path 0.0 k 1.1 -2", "path 0.1 v 1.1 0",
                           "patch 0.1 all 1-2-3", "patch 1.0 2 1-2-3", "copy 1.1 3", "copy 0.1 -2"})
    check_held_gradients(c, {text});
  // Several at once, on the same heads, and inputs that come from two projections.
  check_held_gradients(c, {"clamp 0.1 match", "ablate 0.1 mean", "path 0.1 k 1.0 0.5", "path 0.1 v 1.1 3", "path 0.0 k 1.0 0"});
  // Copies of one layer, which share a pattern's gradient; of a pattern that is clamped; with two streams.
  check_held_gradients(c, {"copy 0.0 2", "copy 0.1 -3", "copy 1.0 1", "path 0.0 k 1.0 0.5"});
  check_held_gradients(c, {"copy 1.0 2", "clamp 1.0 match", "ablate 0.1 pattern_preserving"});
  c.positions = kind::positions::t5, c.bidirectional = true, c.objective = kind::objective::query;
  check_held_gradients(c, {"copy 1.0 2", "copy 0.1 1"});
  c.bidirectional = false, c.objective = kind::objective::next;
  c.positions = kind::positions::shortformer, c.smeared_keys = true, c.batch = 2;
  check_held_gradients(c, {"path 0.1 q 1.0 0.5", "path 0.1 k 1.0 0", "path 0.1 v 1.0 2", "clamp 1.1 previous"});
  c.positions = kind::positions::rotary, c.d_head = 2, c.tied_embedding = true, c.norm = kind::norm::layer;
  check_held_gradients(c, {"ablate 0.1 zero", "clamp 0.1 uniform", "clamp 1.0 previous"});
}

TEST_CASE("a path with factor 1 changes nothing; with 0 into every input of a layer, that layer sees what ablating the head shows it") {
  Config c = held_config();
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
  const Config c = held_config();
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

}  // namespace test_intervene
