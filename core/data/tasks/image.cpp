// image: rows of patches, one after the other, over which a random texture is tiled; the next patch's code can be copied from where the
// texture was at the same place before. docs/maths.md (86).

#include "../../exact.hpp"
#include "../examples.hpp"

namespace induction {
namespace {

/// Sides of a texture in patches.
struct Texture {
  uint32_t width, height;
};

/// The place in its texture of a patch of the image, row by row.
uint32_t place(uint32_t patch, uint32_t image_width, Texture texture) {
  return patch / image_width % texture.height * texture.width + patch % image_width % texture.width;
}

// Do equal places have equal codes, over the row and its last target?
bool fits(const std::vector<uint32_t>& codes, uint32_t image_width, Texture texture) {
  std::vector<int64_t> code_of(static_cast<size_t>(texture.width) * texture.height, -1);
  for (uint32_t i = 0; i < codes.size(); ++i) {
    int64_t& code = code_of[place(i, image_width, texture)];
    if (code >= 0 && code != codes[i]) return false;
    code = codes[i];
  }
  return true;
}

/// The smallest texture that explains an image; of two equal ones the narrower.
Texture smallest_texture(const Sequence& s, uint32_t image_width) {
  std::vector<uint32_t> codes = s.tokens;
  codes.push_back(static_cast<uint32_t>(s.targets.back()));
  const auto rows = static_cast<uint32_t>(codes.size() - 1) / image_width + 1;
  Texture best = {image_width, rows};
  for (uint32_t width = 1; width <= image_width; ++width)
    for (uint32_t height = 1; height <= rows && width * height < best.width * best.height; ++height)
      if (fits(codes, image_width, {width, height})) best = {width, height};
  return best;
}

}  // namespace

Task image_task(const Config& c) {
  const auto image_width = static_cast<uint32_t>(c.image_width), longest = static_cast<uint32_t>(c.texture_max);
  const auto codes = static_cast<uint32_t>(c.d_vocab), length = static_cast<uint32_t>(c.n_ctx);
  Task task;
  task.sets = {{"seen", "Textures whose sides are as in training."}};
  if (longest + 1 < image_width)
    task.sets.push_back({"unseen", "Textures that are wider than any in training, but still repeat within a row."});
  task.row = [=](Draws& draws, uint32_t set) {
    const uint32_t widest = image_width - 1, choice = draws.word();
    const uint32_t width = set == 1 ? longest + 1 + choice % (widest - longest) : 2 + choice % (longest - 1);
    const Texture texture = {width, 1 + draws.below(longest)};
    std::vector<uint32_t> pattern(texture.width * texture.height), all(length + 1);
    for (uint32_t& code : pattern) code = draws.below(codes);
    for (uint32_t i = 0; i <= length; ++i) all[i] = pattern[place(i, image_width, texture)];
    Sequence s = next_token_sequence(all);
    std::vector<uint8_t> shown(pattern.size(), 0);
    for (uint32_t t = 0; t < length; ++t) {
      shown[place(t, image_width, texture)] = 1;
      s.inducible[t] = shown[place(t + 1, image_width, texture)];
    }
    return s;
  };
  // Earlier patches at the same place of the smallest texture that explains the image.
  task.sources = [=](const Sequence& s, uint32_t t) {
    const Texture texture = smallest_texture(s, image_width);
    std::vector<uint32_t> keys;
    for (uint32_t u = 0; u <= t; ++u)
      if (place(u, image_width, texture) == place(t + 1, image_width, texture)) keys.push_back(u);
    return keys;
  };
  task.label = [](uint32_t token) { return "patch " + std::to_string(token + 1); };
  task.lines = [=] {
    return std::vector<Line>{{"uniform", exact_ln(static_cast<double>(codes)), "A patch that has not been shown: ln d_vocab.", false}};
  };
  return task;
}

}  // namespace induction
