// Files from anywhere: what they are, and the runs that they become.

#include "opened.hpp"
#include "support/support.hpp"

namespace test_opened {

using namespace induction;
using namespace induction::tests;

namespace {

TensorFile parsed(const std::vector<uint8_t>& bytes) {
  TensorFile file;
  REQUIRE(read_tensors(bytes, file) == "");
  return file;
}

std::unique_ptr<Run> trained(uint64_t steps) {
  auto run = Run::create(tiny_config());
  REQUIRE(run != nullptr);
  run->advance(steps);
  return run;
}

Opened looked(const TensorFile& file) {
  Opened opened;
  REQUIRE(look_at(file, opened) == "");
  return opened;
}

}  // namespace

TEST_CASE("a saved run opens at its step and goes on bit-equally") {
  auto run = trained(7);
  const TensorFile file = parsed(save_run(*run, Contents::checkpoint));
  const Opened opened = looked(file);
  CHECK(opened.kind == FileKind::run);
  CHECK(opened.step == 7);
  CHECK(opened.open_positions().empty());
  auto again = Run::create(opened.course);
  REQUIRE(again != nullptr);
  REQUIRE(open_into(file, opened, *again) == "");
  run->advance(3), again->advance(3);
  CHECK(run->signature() == again->signature());
}

TEST_CASE("a saved model opens at step 0 with its weights") {
  auto run = trained(7);
  const TensorFile file = parsed(save_run(*run, Contents::model));
  const Opened opened = looked(file);
  CHECK(opened.kind == FileKind::model);
  auto again = Run::create(opened.course);
  REQUIRE(again != nullptr);
  REQUIRE(open_into(file, opened, *again) == "");
  CHECK(again->step() == 0);
  CHECK(same_bits(again->state().parameters, run->state().parameters));
}

TEST_CASE("weights of another program say what they leave open") {
  auto run = trained(1);
  TensorFile file = parsed(save_run(*run, Contents::model));
  file.metadata.clear();
  const Opened opened = looked(file);
  CHECK(opened.kind == FileKind::weights);
  CHECK(opened.course.phases[0].config.d_model == tiny_config().d_model);
  CHECK(opened.asks_norm());
  CHECK(opened.asks_length());
  CHECK(opened.open_positions() == std::vector<std::string>{"rotary", "alibi", "sinusoidal", "none"});
}

TEST_CASE("a newer version's file, a file of no model and changed numbers get a sentence") {
  auto run = trained(2);
  const TensorFile file = parsed(save_run(*run, Contents::checkpoint));
  Opened opened;
  TensorFile newer = file;
  newer.metadata["format"] = "induction-playground 2";
  CHECK(look_at(newer, opened).find("newer version") != std::string::npos);
  TensorFile other;
  other.arrays = {{"conv.weight", {1}, {0}}};
  CHECK(look_at(other, opened).find("no tensor 'embed.W_E'") != std::string::npos);
  TensorFile changed = file;
  changed.arrays[0].values[0] += 1;
  CHECK(open_into(changed, looked(changed), *run).find("it was changed") != std::string::npos);
}

}  // namespace test_opened
