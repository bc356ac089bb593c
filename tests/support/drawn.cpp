#include "support/drawn.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "rng.hpp"

namespace induction::tests {
namespace {

constexpr auto kDrawn = static_cast<Stream>(97);
constexpr uint32_t kPatience = 200;  // draws of the knobs with problems, before all are drawn anew

// Numbers of one Config, one after the other.
class Draw {
 public:
  explicit Draw(uint32_t number) : number_(number) {}
  /// 0 to n − 1.
  uint32_t below(uint32_t n) { return uniform_below(number_, kDrawn, next_++, 0, n); }
  /// In [0, 1).
  double share() { return random2(number_, kDrawn, next_++, 0).a / 4294967296.0; }

 private:
  uint32_t number_, next_ = 0;
};

double largest(const Knob& knob, const DrawnSizes& s) {
  const std::pair<const char*, int64_t> sizes[] = {{"n_layers", s.n_layers}, {"n_heads", s.n_heads}, {"d_model", s.d_model},
                                                   {"d_head", s.d_head},     {"d_mlp", s.d_mlp},     {"d_vocab", s.d_vocab},
                                                   {"n_ctx", s.n_ctx},       {"batch", s.batch}};
  for (const auto& [name, most] : sizes)
    if (!std::strcmp(knob.name, name)) return static_cast<double>(most);
  return knob.slider_max;
}

double between(const Knob& knob, double low, double high, Draw& draw) {
  if (knob.type != KnobType::real) return low + draw.below(static_cast<uint32_t>(high - low) + 1);
  if (knob.slider_log) return low * std::pow(high / low, draw.share());
  return low + (high - low) * draw.share();
}

double drawn_value(const Knob& knob, const DrawnSizes& sizes, Draw& draw) {
  if (knob.type == KnobType::boolean) return draw.below(4) == 0;
  if (knob.type == KnobType::choice) return draw.below(static_cast<uint32_t>(knob.options.size()));
  const double low = knob.slider_log ? knob.slider_min : knob.min, high = std::max(low, largest(knob, sizes));
  switch (draw.below(8)) {
    case 0: return low;
    case 1: return high;
    case 2:
    case 3: return std::clamp(knob.get(Config{}), low, high);
    default: return between(knob, low, high, draw);
  }
}

// What problems() says, and that it has no data.
Problems wrong(const Config& c) {
  Problems found = problems(c);
  if (own_data(c)) found.push_back({"task", ""});
  return found;
}

}  // namespace

Config drawn_config(uint32_t number, const DrawnSizes& sizes) {
  Draw draw(number);
  for (;;) {
    Config c;
    for (const Knob& knob : knobs()) knob.set(c, drawn_value(knob, sizes, draw));
    for (uint32_t i = 0; i < kPatience; ++i) {
      const Problems found = wrong(c);
      if (found.empty()) return c;
      for (const Problem& problem : found) {
        const Knob& knob = *find_knob(problem.knob);
        knob.set(c, drawn_value(knob, sizes, draw));
      }
    }
  }
}

}  // namespace induction::tests
