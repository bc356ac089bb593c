// The long form: induction_fuzz TARGET CORPUS INPUTS [SEED]. The corpus first, however large, then inputs near it. One line a million
// inputs; the last says how many, how fast and the slowest input, which is kept, as is the one that broke something (in the file
// fuzz-TARGET.input, written before it runs). Ends with 1 when an input took longer than kLongest.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "mutate.hpp"
#include "targets.hpp"

using namespace induction::fuzz;

namespace {

// Seconds of processor time. Sanitizers make everything several times slower.
#if defined(__SANITIZE_ADDRESS__)
constexpr double kLongest = 1;
#else
constexpr double kLongest = 0.1;
#endif

const Target* target_named(const std::string& name) {
  for (const auto* list : {&core_targets(), &native_targets()})
    for (const Target& target : *list)
      if (name == target.name) return &target;
  return nullptr;
}

// A file whose bytes are the present input: what is left when a run ends badly.
class Present {
 public:
  explicit Present(const std::string& path) : descriptor_(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) {}
  void set(const Input& input) {
    if (::ftruncate(descriptor_, 0) != 0 || ::pwrite(descriptor_, input.data(), input.size(), 0) < 0) std::exit(2);
  }

 private:
  int descriptor_;
};

void save(const std::string& path, const Input& input) {
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(input.data()), static_cast<std::streamsize>(input.size()));
}

}  // namespace

int main(int argc, char** argv) {
  const Target* target = argc >= 4 ? target_named(argv[1]) : nullptr;
  if (!target) {
    std::fprintf(stderr, "usage: induction_fuzz TARGET CORPUS INPUTS [SEED]\n");
    return 2;
  }
  using Clock = std::chrono::steady_clock;
  const auto seconds = [](Clock::time_point from) { return std::chrono::duration<double>(Clock::now() - from).count(); };
  std::vector<Input> seeds;
  for (const auto& entry : std::filesystem::directory_iterator(argv[2])) {
    std::ifstream file(entry.path(), std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  std::sort(seeds.begin(), seeds.end());
  Mutator mutator(seeds, argc > 4 ? std::strtoull(argv[4], nullptr, 10) : 1);
  Present present(std::string("fuzz-") + target->name + ".input");
  const uint64_t inputs = std::max<uint64_t>(seeds.size(), std::strtoull(argv[3], nullptr, 10));
  const auto start = Clock::now();
  double slowest = 0;
  for (uint64_t i = 0; i < inputs; ++i) {
    const Input input = i < seeds.size() ? seeds[i] : mutator.next();
    present.set(input);
    // The processor's time: other programs may hold up the clock on the wall.
    const std::clock_t begun = std::clock();
    target->run(input);
    if (const double took = static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC; took > slowest) {
      slowest = took;
      if (took > 0.02) save(std::string("fuzz-") + target->name + ".slowest", input);
    }
    if ((i + 1) % 1'000'000 == 0) std::fprintf(stderr, "%s: %llu inputs\n", target->name, static_cast<unsigned long long>(i + 1));
  }
  std::printf("%-12s %9llu inputs, %7.0f a second, slowest %6.1f ms\n", target->name, static_cast<unsigned long long>(inputs),
              static_cast<double>(inputs) / seconds(start), 1000 * slowest);
  return slowest > kLongest ? 1 : 0;
}
