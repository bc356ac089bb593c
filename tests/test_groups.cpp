// Steps that go together (kTogether): a dispatch of a second executor runs them at once, in no order.

#include <tuple>

#include "support/support.hpp"
#include "trainer.hpp"

namespace test_groups {

using namespace induction;
using namespace induction::tests;

namespace {

using Group = std::span<const Step>;

std::vector<Group> groups_of(const std::vector<Step>& list) {
  std::vector<Group> groups;
  for (size_t i = 0, first = 0; i < list.size(); ++i) {
    if (!(list[i].flags & kTogether)) first = i, groups.emplace_back();
    groups.back() = Group(list).subspan(first, i - first + 1);
  }
  return groups;
}

// Odd sizes, several chunks of which the last is shorter; every kind of positions, with what else changes the projections.
std::vector<Config> configs() {
  std::vector<Config> list;
  for (const auto positions : {kind::positions::rotary, kind::positions::learned, kind::positions::sinusoidal, kind::positions::shortformer,
                               kind::positions::alibi, kind::positions::none})
    for (const bool more : {false, true}) {
      Config c = tiny_config();
      c.positions = positions, c.batch = 11, c.d_vocab = 7, c.n_heads = 3, c.d_model = 9;
      c.smeared_keys = c.tied_embedding = more, c.norm = more ? kind::norm::layer : kind::norm::none;
      list.push_back(c);
    }
  list.push_back(list[1]), list.back().optimizer = kind::optimizer::muon;
  list.push_back(list[7]), list.back().optimizer = kind::optimizer::muon;
  return list;
}

struct Touched {
  std::vector<bool> read, written;
  explicit Touched(const Program& program) : read(program.arena_floats), written(program.arena_floats) {}
};

// Calls f(a, b, c) with the places of each product of a contraction, over the whole batch.
template <class F>
void walk_contraction(const Program& program, const Step& step, F f) {
  size_t total = 1;
  for (const uint32_t size : step.size)
    if (size) total *= size;
  for (size_t turn = 0; turn < total; ++turn) {
    size_t at[3] = {step.offset[0], step.offset[1], step.offset[2]}, rest = turn;
    for (int axis = kAxes; axis-- > 0;) {
      if (!step.size[axis]) continue;
      const size_t index = rest % step.size[axis];
      rest /= step.size[axis];
      for (int operand = 0; operand < 3; ++operand) at[operand] += index * step.stride[operand][axis];
      if (axis == 0) at[2] += index / program.chunk_sequences * step.chunk_stride[2];
    }
    f(at[0], at[1], at[2]);
  }
}

bool is_muon(Kernel kernel) {
  return kernel == Kernel::muon_direction || kernel == Kernel::muon_polynomial || kernel == Kernel::muon_update;
}

Touched touched_by_muon(const Program& program, const Step& step) {
  Touched t(program);
  const auto [count, rows, columns] = std::tuple(step.size[0], step.size[1], step.size[2]);
  if (step.kernel == Kernel::muon_polynomial) {
    for (uint32_t i = 0; i < count; ++i) t.read[step.offset[0] + i] = t.written[step.offset[1] + i] = true;
    return t;
  }
  const bool direction = step.kernel == Kernel::muon_direction;
  for (uint32_t i = 0; i < count * rows * columns; ++i) {
    const uint32_t row = i / columns, at = row / rows * step.stride[0][0] + row % rows * step.stride[0][1] + i % columns;
    t.read[step.offset[0] + at] = true;
    t.read[step.offset[1] + (direction ? at : i)] = true;
    if (direction) t.written[step.offset[1] + at] = t.written[step.offset[2] + i] = true;
    if (!direction) t.written[step.offset[0] + at] = true;
  }
  return t;
}

Touched touched_by(const Program& program, const Step& step) {
  Touched t(program);
  if (step.kernel == Kernel::contract) {
    walk_contraction(program, step, [&](size_t a, size_t b, size_t c) {
      t.read[a] = t.read[b] = t.written[c] = true;
      if (step.value[0] != 0) t.read[c - step.offset[2] + step.offset[3]] = true;
    });
    return t;
  }
  if (is_muon(step.kernel)) return touched_by_muon(program, step);
  if (step.kernel == Kernel::adamw) {
    for (uint32_t i = 0; i < step.size[0]; ++i) {
      t.read[step.offset[1] + i] = true;
      for (const int operand : {0, 2, 3}) t.read[step.offset[operand] + i] = t.written[step.offset[operand] + i] = true;
    }
    return t;
  }
  if (step.kernel == Kernel::hold || step.kernel == Kernel::release) {
    const uint32_t from = step.kernel == Kernel::hold ? 0 : 1;
    for (size_t i = 0; i < step.size[0]; ++i) t.read[step.offset[from] + i] = t.written[step.offset[1 - from] + i] = true;
    return t;
  }
  // Any other kernel that comes to go together needs a rule here.
  REQUIRE((step.kernel == Kernel::rotary || step.kernel == Kernel::rotary_backward));
  for (size_t row = 0; row < size_t{program.batch} * step.size[0]; ++row)
    for (size_t i = 0; i < size_t{step.size[1]} * step.size[2]; ++i)
      t.read[step.offset[0] + row * step.size[3] + i] = t.written[step.offset[2] + row * step.size[4] + i] = true;
  return t;
}

bool apart(const Touched& writer, const Touched& other) {
  for (size_t i = 0; i < writer.written.size(); ++i)
    if (writer.written[i] && (other.read[i] || other.written[i])) return false;
  return true;
}

std::vector<Step> members_reversed(const std::vector<Step>& list) {
  std::vector<Step> turned;
  for (const Group& group : groups_of(list)) turned.insert(turned.end(), group.rbegin(), group.rend());
  return turned;
}

// The whole arena's bits after some training steps, with each group's members in reverse order or not.
std::pair<std::vector<float>, std::string> after_steps(const Config& c, bool turned) {
  Trainer trainer(c);
  if (turned)
    for (std::vector<Step>* list : {&trainer.program.forward, &trainer.program.backward, &trainer.program.update})
      *list = members_reversed(*list);
  Cpu<float> cpu(trainer.program);
  initialise(c, cpu);
  perturb_parameters(cpu, 3);
  for (int i = 0; i < 3; ++i)
    trainer.train_step(cpu, [](uint32_t n, const Work& work) {
      for (uint32_t k = 0; k < n; ++k) work(k, 0);
    });
  return {copy_of(cpu, {0, static_cast<uint32_t>(trainer.program.arena_floats)}), signature_of(cpu, trainer.step)};
}

// Dispatches of one training step: one per group, and one that draws the batch.
size_t dispatches(const Config& c) {
  const Program program = Trainer(c).program;
  size_t n = 1;
  for (const auto* list : {&program.forward, &program.backward, &program.finish, &program.update}) n += groups_of(*list).size();
  return n;
}

}  // namespace

TEST_CASE("no Step of a group touches an element that another one writes") {
  for (const Config& c : configs())
    for (const Mode mode : {Mode::training, Mode::plain}) {
      CAPTURE(config_label(c));
      const auto length = static_cast<uint32_t>(c.n_ctx);
      const Program program = record_model(c, {static_cast<uint32_t>(c.batch), length, length}, mode, {{{"embed"}}, false});
      size_t together = 0;
      for (const auto* list : {&program.forward, &program.backward, &program.finish, &program.update})
        for (const Group& group : groups_of(*list)) {
          REQUIRE(group.size() <= kMaxTogether);
          if (group.size() == 1) continue;
          ++together;
          for (size_t i = 0; i < group.size(); ++i)
            for (size_t j = 0; j < group.size(); ++j) {
              CHECK(group[i].kernel == group[j].kernel);
              if (i != j) CHECK(apart(touched_by(program, group[i]), touched_by(program, group[j])));
            }
        }
      CHECK(together >= 5);  // both contractions of each reverse rule, at least
    }
}

TEST_CASE("the members of every group may run in reverse order: the arena and the signature keep their bits") {
  for (const Config& c : configs()) {
    CAPTURE(config_label(c));
    const auto [arena, signature] = after_steps(c, false);
    const auto [turned_arena, turned_signature] = after_steps(c, true);
    CHECK(same_bits(arena, turned_arena));
    CHECK(signature == turned_signature);
  }
}

TEST_CASE("a training step takes at most 30 dispatches with the default preset and with the sizes S and M of the benchmark") {
  CHECK(dispatches(Config{}) == 26);
  Config c;
  c.positions = kind::positions::shortformer, c.optimizer = kind::optimizer::adamw;
  c.n_heads = 2, c.d_model = 32, c.d_vocab = 16, c.n_ctx = 32, c.batch = 32;
  CHECK(dispatches(c) == 28);
  c.n_heads = 4, c.d_model = 64, c.d_vocab = 64, c.n_ctx = 64;
  CHECK(dispatches(c) == 28);
}

}  // namespace test_groups
