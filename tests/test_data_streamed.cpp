// Data that is read where it is needed gives the same rows, to the bit, as data in memory, whatever its form and wherever it is cut.

#include <algorithm>

#include "data/corpus.hpp"
#include "data/corpus_text.hpp"
#include "run.hpp"
#include "support/rows.hpp"

namespace test_data_streamed {

using namespace induction;
using namespace induction::tests;

namespace {

std::span<const uint8_t> bytes_of(const std::string& text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

// Reads at most `most` bytes at a time, as a slow file does, and counts them.
ByteSource source_of(const std::string& text, uint64_t* bytes = nullptr) {
  return {text.size(), [text, bytes](uint64_t at, std::span<uint8_t> into) {
            const size_t n = std::min<size_t>(into.size(), text.size() - std::min<size_t>(text.size(), at));
            std::copy_n(text.begin() + static_cast<std::ptrdiff_t>(at), n, into.begin());
            if (bytes) *bytes += n;
            return n;
          }};
}

Config config_of(kind::task task, kind::vocabulary vocabulary = kind::vocabulary::character) {
  Config c;
  c.task = task, c.vocabulary = vocabulary, c.n_ctx = 8, c.d_vocab = 64;
  c.batch = 2, c.n_heads = 1, c.n_layers = 1, c.d_model = 8;
  return c;
}

struct Pair {
  std::shared_ptr<Corpus> whole = std::make_shared<Corpus>(), streamed = std::make_shared<Corpus>();
};
Pair both(const std::string& text, const Config& c, uint64_t* bytes = nullptr) {
  Pair pair;
  REQUIRE(read_corpus(bytes_of(text), c, c.d_vocab, *pair.whole) == "");
  REQUIRE(scan_corpus(source_of(text, bytes), c, c.d_vocab, *pair.streamed) == "");
  return pair;
}

std::string npy_rows(uint32_t rows, uint32_t length) {
  std::string header =
      "{'descr': '<u2', 'fortran_order': False, 'shape': (" + std::to_string(rows) + ", " + std::to_string(length) + "), }";
  std::string text = std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size()) + '\0' + header;
  for (uint32_t i = 0; i < rows * length; ++i) text += std::string{static_cast<char>((i * i / 3) % 50), '\0'};
  return text;
}
std::string json_rows(uint32_t rows) {
  std::string text = "[";
  for (uint32_t r = 0; r < rows; ++r) {
    text += r ? ",\n[" : "[";
    for (uint32_t t = 0; t < 9 + r % 5; ++t) text += (t ? ", " : "") + std::to_string((r * 7 + t * t) % 60);
    text += "]";
  }
  return text + "]";
}
std::string words(uint32_t n) {
  std::string text;
  for (uint32_t i = 0; i < n; ++i) text += "w" + std::to_string(i * i % 97) + (i % 11 == 0 ? ", Straße\n" : " ");
  return text;
}

// Every form of data, as a Config reads it.
struct Example {
  const char* name;
  std::string text;
  Config config;
};
std::vector<Example> examples() {
  return {{"NumPy", npy_rows(40, 12), config_of(kind::task::tokens)},
          {"JSON rows", json_rows(200), config_of(kind::task::tokens)},
          {"characters", words(3000), config_of(kind::task::text)},
          {"words", words(3000), config_of(kind::task::text, kind::vocabulary::word)}};
}

}  // namespace

TEST_CASE("streamed data has the hash, labels, frequencies, rows and tokens of the same data in memory") {
  for (const auto& [name, text, config] : examples()) {
    const std::string example(name);  // a structured binding may not be captured in C++20 as some compilers read it
    CAPTURE(example);
    const Pair pair = both(text, config);
    CHECK(pair.streamed->hash == pair.whole->hash);
    CHECK(pair.streamed->labels == pair.whole->labels);
    CHECK(pair.streamed->seen == pair.whole->seen);
    REQUIRE(pair.streamed->tokens() == pair.whole->tokens());
    REQUIRE(pair.streamed->rows.size() == pair.whole->rows.size());
    const uint32_t all = pair.whole->tokens();
    for (uint32_t from = 0; from < all; from += 1 + from / 7) {
      std::vector<uint32_t> a(std::min(20u, all - from)), b(a.size());
      pair.whole->read(from, a), pair.streamed->read(from, b);
      CHECK(a == b);
    }
  }
}

TEST_CASE("a run's signature does not depend on whether its data was read whole") {
  for (const auto& [name, text, config] : examples()) {
    const std::string example(name);  // a structured binding may not be captured in C++20 as some compilers read it
    CAPTURE(example);
    const Pair pair = both(text, config);
    const auto signature = [&config = config](std::shared_ptr<const Corpus> corpus) {
      const auto run = Run::create(config, 1, {}, default_kernels<float>(), std::move(corpus));
      run->advance(20);
      return run->signature();
    };
    CHECK(signature(pair.streamed) == signature(pair.whole));
  }
}

TEST_CASE("a row of streamed data costs a few thousand bytes of reading, however long the data is") {
  for (const auto& [name, text, config] : examples()) {
    const std::string example(name);  // a structured binding may not be captured in C++20 as some compilers read it
    CAPTURE(example);
    uint64_t bytes = 0;
    const Pair pair = both(text, config, &bytes);
    bytes = 0;
    std::vector<uint32_t> row(9);
    pair.streamed->read(pair.streamed->tokens() - 9, row);
    CHECK(bytes <= 2 * 4096);
  }
}

TEST_CASE("places of tokens thin out so that they never take more than a million entries") {
  TokenPlaces places;
  constexpr uint32_t kTokens = 70'000'000;
  for (uint32_t i = 0; i < kTokens; ++i) places.add(uint64_t{3} * i);
  CHECK(places.tokens() == kTokens);
  for (const uint32_t token : {0u, 63u, 64u, 68'456'789u, kTokens - 1}) {
    const auto [before, at] = places.before(token);
    CHECK(before <= token);
    CHECK(token - before < 256);
    CHECK(at == uint64_t{3} * before);
  }
}

TEST_CASE("rows of one length need no list; more than sixteen million of different lengths are refused") {
  RowStarts rows;
  bool all = true;
  for (uint32_t i = 0; i < 17'000'000; ++i) all = rows.add(5) && all;
  CHECK(all);
  CHECK(rows.equal());
  CHECK(rows.begin(17'000'000) == 85'000'000);
  CHECK_FALSE(rows.add(6));
  RowStarts few;
  for (const uint32_t length : {2u, 2u, 0u, 3u}) REQUIRE(few.add(length));
  CHECK_FALSE(few.equal());
  for (uint32_t row = 0; row < 4; ++row) CHECK(few.length(row) == std::array{2u, 2u, 0u, 3u}[row]);
}

TEST_CASE("a file that changes after it was checked gives other tokens, but none outside the vocabulary") {
  for (const auto& [name, text, config] : examples()) {
    const std::string example(name);  // a structured binding may not be captured in C++20 as some compilers read it
    CAPTURE(example);
    std::string now = text;
    const ByteSource source{text.size(), [&now](uint64_t at, std::span<uint8_t> into) {
                              const size_t n = std::min<size_t>(into.size(), now.size() - std::min<size_t>(now.size(), at));
                              std::copy_n(now.begin() + static_cast<std::ptrdiff_t>(std::min<size_t>(now.size(), at)), n, into.begin());
                              return n;
                            }};
    Corpus corpus;
    REQUIRE(scan_corpus(source, config, config.d_vocab, corpus) == "");
    for (const std::string& other : {std::string(text.size(), '\xff'), std::string(text.size(), '9'), std::string()}) {
      now = other;
      std::vector<uint32_t> tokens(50);
      corpus.read(corpus.tokens() - 50, tokens);
      for (const uint32_t token : tokens) CHECK(token < corpus.labels.size());
    }
  }
}

TEST_CASE("a shape whose product is more than 64 bits wide is refused, and so is a header of megabytes") {
  const auto sentence = [](const std::string& header, const std::string& data) {
    std::string text = std::string("\x93NUMPY\x02\x00", 8);
    for (int i = 0; i < 4; ++i) text += static_cast<char>(header.size() >> 8 * i & 255);
    Corpus corpus;
    const Config c = config_of(kind::task::tokens);
    return read_corpus(bytes_of(text + header + data), c, c.d_vocab, corpus);
  };
  // The product is 2^64 + 7334.
  const std::string shape = "{'descr': '|u1', 'fortran_order': False, 'shape': (2000091135, 9222951770), }";
  CHECK(sentence(shape, std::string(7334, '\1')).find("as many numbers as its shape says") != std::string::npos);
  CHECK(sentence(std::string(1 << 20, ' '), "").find("header has 1048576 bytes") != std::string::npos);
}

}  // namespace test_data_streamed
