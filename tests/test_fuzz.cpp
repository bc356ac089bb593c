// Everything that parses bytes from outside, given the kept corpora and some thousand inputs near them. tests/fuzz/run gives millions.

#include <algorithm>
#include <filesystem>

#include "fuzz/mutate.hpp"
#include "fuzz/targets.hpp"
#include "support/support.hpp"

namespace test_fuzz {

using namespace induction::tests;
namespace fuzz = induction::fuzz;

namespace {

std::vector<fuzz::Input> corpus(const std::string& target) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(INDUCTION_CORPORA) + "/" + target))
    paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<fuzz::Input> inputs;
  for (const std::string& path : paths) inputs.push_back(read_bytes(path));
  return inputs;
}

void replay_and_mutate(const std::vector<fuzz::Target>& targets) {
  constexpr int kInputs = 3000;
  for (const auto& [name, run] : targets) {
    CAPTURE(std::string(name));
    const std::vector<fuzz::Input> inputs = corpus(name);
    REQUIRE(inputs.size() >= 3);
    for (const fuzz::Input& input : inputs) run(input);
    fuzz::Mutator mutator(inputs, 9);
    for (int i = 0; i < kInputs; ++i) run(mutator.next());
  }
}

}  // namespace

TEST_CASE("fuzz: configs, courses, experiments, safetensors and own data never crash and survive being written") {
  replay_and_mutate(fuzz::core_targets());
}

TEST_CASE("fuzz: sweep specs, results, token rows, prompts and run folders are read or refused with a sentence") {
  replay_and_mutate(fuzz::native_targets());
}

}  // namespace test_fuzz
