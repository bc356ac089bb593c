// The named Configs.

#include "config.hpp"

namespace induction {

const std::vector<Preset>& presets() {
  static const std::vector<Preset> list = [] {
    Config demo;  // the defaults of config.def
    Config main = demo;
    main.d_model = main.d_vocab = main.n_ctx = 64;
    main.positions = kind::positions::learned;
    main.lr = 3e-3, main.beta2 = 0.98, main.warmup_steps = 0;
    main.period_min = 16, main.period_max = 32, main.steps = 2000;
    Config fast = demo;
    fast.n_heads = 2, fast.d_vocab = 32, fast.n_ctx = 48;
    fast.period_min = 8, fast.period_max = 24;
    fast.norm = kind::norm::layer, fast.beta2 = 0.98;
    Config smeared = demo;
    smeared.n_layers = 1, smeared.n_heads = 2, smeared.smeared_keys = true;
    return std::vector<Preset>{
        {"demo", "Two layers of four heads, rotary positions: the circuit forms within about 400 steps.", demo},
        {"main", "Learned positions, no norm: slower, but the weights alone show the circuit.", main},
        {"fast", "Layer norm and rotary positions: early, and the heads specialise.", fast},
        {"smeared", "One layer whose keys see the token before: induction without a second layer.", smeared},
    };
  }();
  return list;
}

const Preset* find_preset(std::string_view name) {
  for (const Preset& preset : presets())
    if (name == preset.name) return &preset;
  return nullptr;
}

}  // namespace induction
