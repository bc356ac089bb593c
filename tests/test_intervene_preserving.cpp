// ablate L.H pattern_preserving while a model runs: two streams, one pattern. docs/maths.md (94).

#include "probes/interventions.hpp"
#include "support/held.hpp"

namespace test_intervene_preserving {

using namespace induction;
using namespace induction::tests;

namespace {

std::vector<Config> models() {
  Config c = held_config();
  c.n_layers = 3;
  std::vector<Config> list = {c};
  c.norm = kind::norm::layer, c.d_mlp = 5, c.positions = kind::positions::t5;
  list.push_back(c);
  c.norm = kind::norm::rms, c.positions = kind::positions::shortformer, c.smeared_keys = true, c.tied_embedding = true;
  list.push_back(c);
  c = held_config(), c.positions = kind::positions::alibi, c.bidirectional = true, c.objective = kind::objective::masked;
  list.push_back(c);
  return list;
}

}  // namespace

TEST_CASE("a pattern-preserving ablation while the model runs is that of a finished model, to the bit, whatever the model has") {
  for (const Config& c : models())
    for (const HeadPlace head : {HeadPlace{0, 1}, HeadPlace{1, 0}, HeadPlace{u32(c.n_layers) - 1, 1}}) {
      CAPTURE(config_label(c));
      CAPTURE(head.layer);
      const std::string text = "ablate " + std::to_string(head.layer) + "." + std::to_string(head.head);
      const Interventions held = {line(text + " pattern_preserving")};
      REQUIRE(problems(held, c).empty());
      HeldOut clean(c, {}, Mode::plain), after(c, {}, Mode::plain), zero(c, {line(text + " zero")}, Mode::plain);
      clean.cpu.run(false);
      zero.cpu.run(false);
      run_ablated<float>(after.cpu, {&head, 1}, Ablation::pattern_preserving);
      for (const Mode mode : {Mode::plain, Mode::training}) {
        HeldOut during(c, held, mode);
        during.cpu.run(false);
        CHECK(same_bits(during.read("logits"), after.read("logits")));
        for (int64_t l = 0; l < c.n_layers; ++l) {
          const std::string pattern = "blocks." + std::to_string(l) + ".attn.hook_pattern";
          CHECK(same_bits(during.read(pattern), clean.read(pattern)));
        }
        // In the last layer there is no later pattern to keep; before it the later heads see something else.
        CHECK(same_bits(during.read("logits"), zero.read("logits")) == (head.layer + 1 == c.n_layers));
      }
    }
}

TEST_CASE(
    "gradients equal central differences under pattern-preserving ablation: through the values of one stream and the patterns of the "
    "other") {
  Config c = held_config();
  c.d_model = 6, c.d_head = 3, c.n_ctx = 8, c.d_vocab = 4;
  check_held_gradients(c, {"ablate 0.1 pattern_preserving"});
  check_held_gradients(c, {"ablate 1.0 pattern_preserving"});
  check_held_gradients(c, {"ablate 0.0 pattern_preserving", "ablate 1.1 mean", "path 0.1 k 1.0 0.5", "clamp 1.1 match"});
  c.n_layers = 3, c.norm = kind::norm::layer, c.d_mlp = 4;
  check_held_gradients(c, {"ablate 0.1 pattern_preserving", "ablate 1.0 pattern_preserving"});
  c.n_layers = 2, c.norm = kind::norm::rms, c.positions = kind::positions::shortformer, c.smeared_keys = true, c.batch = 9;
  check_held_gradients(c, {"ablate 0.1 pattern_preserving"});
  c.d_head = 4, c.norm = kind::norm::rms, c.positions = kind::positions::rotary, c.dropout = 0.3, c.attention_dropout = 0.2;
  check_held_gradients(c, {"ablate 0.0 pattern_preserving"});
}

TEST_CASE("a head ablated with its patterns kept is trained by what it tells later queries and keys, and by nothing else") {
  Config c = held_config();
  const Interventions held = filled(c, {"ablate 0.1 pattern_preserving"});
  const auto gradient_size = [&](const Interventions& list, const char* name) {
    const Program program = record_model(c, {u32(c.batch), u32(c.n_ctx), u32(c.n_ctx)}, Mode::training, {{}, false, list});
    Cpu<double> cpu(program);
    initialise(c, cpu);
    random_tokens(cpu, u32(c.d_vocab), 12);
    cpu.run(true);
    cpu.finish_gradient();
    const std::vector<double> all = cpu.read(program.gradient[program.find(name)]);
    double largest = 0;  // of head 1's half
    for (size_t i = all.size() / 2; i < all.size(); ++i) largest = std::max(largest, std::abs(all[i]));
    return largest;
  };
  for (const char* name : {"blocks.0.attn.W_V", "blocks.0.attn.W_O", "blocks.0.attn.W_Q"}) CHECK(gradient_size(held, name) > 0);
  // With the second layer's patterns clamped nothing is left that it could tell.
  const Interventions clamped = filled(c, {"ablate 0.1 pattern_preserving", "clamp 1.0 uniform", "clamp 1.1 uniform"});
  for (const char* name : {"blocks.0.attn.W_V", "blocks.0.attn.W_O", "blocks.0.attn.W_Q"}) CHECK(gradient_size(clamped, name) == 0);
}

TEST_CASE("the layers before the ablated head stay fused and single, and without a later layer nothing is added but one Step") {
  Config c = held_config();
  c.n_layers = 3;
  const auto forward = [&](std::initializer_list<const char*> texts) {
    return record_model(c, {4, u32(c.n_ctx), u32(c.n_ctx)}, Mode::training, {{}, false, filled(c, texts)}).forward;
  };
  const auto fused = [](const std::vector<Step>& steps) {
    return std::count_if(steps.begin(), steps.end(), [](const Step& step) { return step.kernel == Kernel::attention; });
  };
  CHECK(forward({"ablate 2.1 pattern_preserving"}).size() == forward({}).size() + 1);
  CHECK(fused(forward({"ablate 2.1 pattern_preserving"})) == 3);
  CHECK(fused(forward({"ablate 1.1 pattern_preserving"})) == 1);
  CHECK(fused(forward({"ablate 0.1 pattern_preserving"})) == 0);
}

}  // namespace test_intervene_preserving
