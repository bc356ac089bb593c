// A reader's own data: bytes that nobody has checked become rows, and rows windows.

#include <algorithm>
#include <set>

#include "data/corpus.hpp"
#include "run.hpp"
#include "snapshot.hpp"
#include "support/rows.hpp"

namespace test_data_corpus {

using namespace induction;
using namespace induction::tests;

namespace {

Config config_of(kind::task task, kind::vocabulary vocabulary = kind::vocabulary::character) {
  Config c;
  c.task = task, c.vocabulary = vocabulary, c.n_ctx = 8, c.d_vocab = 64;
  return c;
}

std::span<const uint8_t> bytes_of(const std::string& text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

// The sentence, or "" and the corpus.
std::string read(const std::string& text, Corpus& corpus, const Config& c = config_of(kind::task::tokens)) {
  return read_corpus(bytes_of(text), c, c.d_vocab, corpus);
}
std::string sentence(const std::string& text, const Config& c = config_of(kind::task::tokens)) {
  Corpus corpus, before = corpus;
  const std::string wrong = read(text, corpus, c);
  CHECK((corpus.tokens() == 0) == !wrong.empty());
  return wrong;
}

std::string npy(const std::string& header, const std::string& data) {
  std::string text = "\x93NUMPY";
  text += std::string("\x01\x00", 2) + static_cast<char>(header.size()) + '\0';
  return text + header + data;
}

std::vector<uint32_t> tokens_of(const Corpus& corpus) {
  std::vector<uint32_t> tokens(corpus.tokens());
  corpus.read(0, tokens);
  return tokens;
}
std::vector<uint32_t> rows_of(const Corpus& corpus) {
  std::vector<uint32_t> rows;
  for (uint32_t row = 0; row <= corpus.rows.size(); ++row) rows.push_back(corpus.rows.begin(row));
  return rows;
}

bool contains(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

std::shared_ptr<const Corpus> counting_stream(uint32_t n, uint32_t vocabulary) {
  auto corpus = std::make_shared<Corpus>();
  std::string text = "[";
  for (uint32_t i = 0; i < n; ++i) text += std::to_string(i % vocabulary) + (i + 1 < n ? "," : "]");
  CHECK(read(text, *corpus) == "");
  return corpus;
}

}  // namespace

TEST_CASE("JSON is a stream or rows of numbers, with spaces anywhere") {
  Corpus corpus;
  REQUIRE(read(" [ 3,1 ,\n4 ] ", corpus) == "");
  CHECK(tokens_of(corpus) == std::vector<uint32_t>{3, 1, 4});
  CHECK(corpus.stream());
  CHECK(corpus.labels.size() == 5);
  CHECK(corpus.labels[4] == "4");
  REQUIRE(read("[[0,1],[2],\t[3,4,5]]", corpus) == "");
  CHECK(rows_of(corpus) == std::vector<uint32_t>{0, 2, 3, 6});
  CHECK(tokens_of(corpus) == std::vector<uint32_t>{0, 1, 2, 3, 4, 5});
}

TEST_CASE("JSON that is not lists of token numbers gets one sentence that says where") {
  for (const char* text : {"[1,2", "[1,,2]", "[1 2]", "[[1],2]", "[[1],]", "[[1]", "[[1]]]", "[1]x", "[[[1]]]", "[[1,[2]]]", "[1.5]",
                           "[1,-2]", "[1,\"2\"]", "[[", "[[1],[2]"}) {
    CAPTURE(std::string(text));
    CHECK(contains(sentence(text), "of the data is not what JSON lists"));
  }
  CHECK(sentence("[1,4096]") == "token 1 of the data is 4096; token numbers are whole, from 0 to 4095");
  CHECK(contains(sentence("[1,99999999999999999999]"), "token 1 of the data is"));
  CHECK(sentence("[[],[]]") == "the data holds no tokens");
  CHECK(sentence("") == "the data holds no tokens");
  CHECK(sentence(std::string(200000, '[')).size() < 120);  // no recursion to overflow
  Corpus corpus;
  CHECK(read("[note] text", corpus) == "");  // text that begins with a bracket
  CHECK(read("[1,2]", corpus, config_of(kind::task::text)) == "");
  CHECK(corpus.tokens() == 5);  // task text reads its characters
}

TEST_CASE("NumPy arrays of every whole type, of one axis and of two") {
  const std::string end = "'fortran_order': False, 'shape': ";
  Corpus corpus;
  REQUIRE(read(npy("{'descr': '|u1', " + end + "(3,), }", "\x01\x02\x07"), corpus) == "");
  CHECK(tokens_of(corpus) == std::vector<uint32_t>{1, 2, 7});
  CHECK(corpus.stream());
  REQUIRE(read(npy("{'descr': '<i2', " + end + "(2, 2), }", std::string("\1\0\2\0\3\0\0\1", 8)), corpus) == "");
  CHECK(tokens_of(corpus) == std::vector<uint32_t>{1, 2, 3, 256});
  CHECK(rows_of(corpus) == std::vector<uint32_t>{0, 2, 4});
  REQUIRE(read(npy("{'descr': '<i8', " + end + "(1,), }", std::string("\5\0\0\0\0\0\0\0", 8)), corpus) == "");
  CHECK(tokens_of(corpus) == std::vector<uint32_t>{5});
}

TEST_CASE("NumPy files that are cut, too large, of other types or hostile get a sentence") {
  const std::string end = "'fortran_order': False, 'shape': ";
  CHECK(contains(sentence(npy("{'descr': '<f4', " + end + "(1,), }", "1234")), "type is not one of"));
  CHECK(contains(sentence(npy("{'descr': '>i4', " + end + "(1,), }", "1234")), "little-endian"));
  CHECK(contains(sentence(npy("{'descr': '|O', " + end + "(1,), }", "1")), "type is not one of"));
  CHECK(contains(sentence(npy("{'descr': '|u1', " + end + "(1, 1, 1), }", "1")), "one axis"));
  CHECK(contains(sentence(npy("{'descr': '|u1', " + end + "(), }", "1")), "one axis"));
  CHECK(contains(sentence(npy("{'descr': '|u1', " + end + "(4,), }", "123")), "as many numbers as its shape says"));
  CHECK(contains(sentence(npy("{'descr': '|u1', " + end + "(9999999999, 9999999999), }", "123")), "as many numbers as its shape says"));
  CHECK(contains(sentence(npy("{'descr': '|u1', 'fortran_order': True, 'shape': (1, 2), }", "12")), "Fortran"));
  CHECK(contains(sentence(npy("{'descr': '|i1', " + end + "(1,), }", "\xff")), "from 0 to 4095"));
  CHECK(contains(sentence(npy("{'descr': '<u2', " + end + "(1,), }", "\xff\xff")), "from 0 to 4095"));
  CHECK(contains(sentence("\x93NUMPY\x01" + std::string("\0\xff\xff", 3)), "inside its header"));
  CHECK(contains(sentence(npy("", "")), "type is not one of"));
  const std::string whole = npy("{'descr': '<i2', " + end + "(2, 2), }", std::string("\1\0\2\0\3\0\0\1", 8));
  for (size_t n = 10; n < whole.size(); ++n) CHECK_FALSE(sentence(whole.substr(0, n)).empty());
}

TEST_CASE("characters are numbered by frequency, then by their bytes; the rest share <unk>") {
  Config c = config_of(kind::task::text);
  Corpus corpus;
  REQUIRE(read("bäb a\n", corpus, c) == "");
  CHECK(corpus.labels == std::vector<std::string>{"b", "⏎", "␣", "a", "ä"});
  CHECK(tokens_of(corpus) == std::vector<uint32_t>{0, 4, 0, 2, 3, 1});
  c.d_vocab = 3;
  REQUIRE(read("bäb a\n", corpus, c) == "");
  CHECK(corpus.labels == std::vector<std::string>{"b", "⏎", "<unk>"});
  CHECK(tokens_of(corpus) == std::vector<uint32_t>{0, 2, 0, 2, 2, 1});
}

TEST_CASE("words are runs of letters and digits, other signs stand alone, spaces only separate") {
  Corpus corpus;
  REQUIRE(read("the cat's hat, the  mat.\nÉté", corpus, config_of(kind::task::text, kind::vocabulary::word)) == "");
  CHECK(corpus.labels[0] == "the");
  CHECK(corpus.tokens() == 8);
  CHECK(std::set<std::string>(corpus.labels.begin(), corpus.labels.end()) ==
        std::set<std::string>{"the", "cat's", "hat", ",", "mat", ".", "Été"});
}

TEST_CASE("text must be UTF-8, and the sentence says where it is not") {
  const Config words = config_of(kind::task::text, kind::vocabulary::word);
  for (const char* bad :
       {"ab\xff", "ab\xc0\x80", "ab\xe2\x82", "ab\xed\xa0\x80", "ab\xf4\x90\x80\x80", "ab\xe0\x80\x80", "ab\x80", "ab\xf0\x80\x80\x80"}) {
    CHECK(sentence(bad, config_of(kind::task::text)) == "byte 2 of the data is not UTF-8 text");
    CHECK(sentence(bad, words) == "byte 2 of the data is not UTF-8 text");
  }
  CHECK(sentence(std::string("a\0b", 3), config_of(kind::task::text)).empty());  // any character is one, this one too
  CHECK(contains(sentence(std::string(kMaxCorpusBytes + 1, 'a')), "at most 16 are read"));
}

TEST_CASE("data that does not suit the Config gets one sentence") {
  const auto corpus = counting_stream(90, 5);
  Config c = config_of(kind::task::tokens);
  CHECK(corpus_problems(c, corpus.get()).empty());
  CHECK(says(corpus_problems(c, nullptr), "task", "task is tokens, which needs data"));
  c.d_vocab = 4;
  CHECK(says(corpus_problems(c, corpus.get()), "d_vocab", "at least 5 are needed"));
  c.d_vocab = 5;
  CHECK(corpus_problems(c, corpus.get()).empty());
  c.n_ctx = 9;
  CHECK(says(corpus_problems(c, corpus.get()), "n_ctx", "at least 100 tokens, and it has 90"));
  Corpus rows;
  REQUIRE(read("[[1,2,3,4,5,6,7,8,9],[1,2,3]]", rows) == "");
  c.n_ctx = 8, c.d_vocab = 64;
  CHECK(says(corpus_problems(c, &rows), "n_ctx", "at least 9 tokens, and row 1 has 3"));
  c.task = kind::task::repeat;
  CHECK(corpus_problems(c, nullptr).empty());
}

TEST_CASE("a stream's windows are neighbours: training ends where the held-out tenth begins, and both are covered") {
  const auto corpus = counting_stream(200, 200);
  Config c = config_of(kind::task::tokens);
  c.d_vocab = 200;
  const Dataset data(c, corpus);
  std::set<uint32_t> train, held;
  for (uint32_t i = 0; i < 3000; ++i) {
    const auto all = all_tokens(data.row(Stream::train, i, 0));
    for (size_t t = 1; t < all.size(); ++t) CHECK(all[t] == all[t - 1] + 1);
    train.insert(all.begin(), all.end());
  }
  for (const Sequence& s : data.held_out(500)) {
    const auto all = all_tokens(s);
    held.insert(all.begin(), all.end());
  }
  CHECK(train.size() == 180);
  CHECK(*train.rbegin() == 179);
  CHECK(held.size() == 20);
  CHECK(*held.begin() == 180);
  CHECK(data.sets().size() == 1);
}

TEST_CASE("rows: windows stay inside a row, and the last tenth of the rows is held out") {
  auto corpus = std::make_shared<Corpus>();
  std::string text;
  for (int r = 0; r < 12; ++r) {
    text += r ? ",[" : "[[";
    for (int t = 0; t < 11; ++t) text += (t ? "," : "") + std::to_string(r);
    text += "]";
  }
  REQUIRE(read(text + "]", *corpus) == "");
  const Config c = config_of(kind::task::tokens);
  const Dataset data(c, corpus);
  std::set<uint32_t> train, held;
  for (uint32_t i = 0; i < 500; ++i) {
    const auto all = all_tokens(data.row(Stream::train, i, 0));
    CHECK(std::set<uint32_t>(all.begin(), all.end()).size() == 1);
    train.insert(all[0]);
  }
  for (const Sequence& s : data.held_out(100)) held.insert(s.tokens[0]);
  CHECK(train == std::set<uint32_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(held == std::set<uint32_t>{10, 11});  // of twelve rows a tenth, rounded up
}

TEST_CASE("a position of own data is inducible where its target followed an earlier copy of its token") {
  const auto corpus = counting_stream(90, 5);
  const Dataset data(config_of(kind::task::tokens), corpus);
  const Sequence s = data.row(Stream::train, 0, 0);
  for (uint32_t t = 0; t < 8; ++t) {
    CHECK(s.inducible[t] == (t >= 5));
    CHECK(data.sources(s, t) == (t >= 5 ? std::vector<uint32_t>{t - 4} : std::vector<uint32_t>{}));
  }
  CHECK(data.label(3) == "3");
  CHECK(data.lines().at(0).value == doctest::Approx(std::log(5.0)).epsilon(1e-3));
}

TEST_CASE("without data, or with data that does not suit, rows have no targets and nothing breaks") {
  Config c = config_of(kind::task::text);
  for (const auto& corpus : {std::shared_ptr<const Corpus>{}, counting_stream(20, 5)}) {
    const Dataset data(c, corpus);
    const Sequence s = data.held_out(1)[0];
    CHECK(std::count(s.targets.begin(), s.targets.end(), kNoTarget) == 8);
    CHECK(data.lines().empty());
  }
}

TEST_CASE("a checkpoint on own data goes on to the bit with the same data, and refuses other data") {
  Config c = config_of(kind::task::tokens);
  c.batch = 2, c.n_heads = 1, c.n_layers = 1, c.d_model = 8;
  const auto corpus = counting_stream(90, 5);
  const auto made = [&](std::shared_ptr<const Corpus> data) { return Run::create(c, 1, {}, default_kernels<float>(), std::move(data)); };
  const auto first = made(corpus);
  first->advance(3);
  TensorFile file;
  REQUIRE(read_tensors(save_run(*first, Contents::checkpoint), file) == "");
  first->advance(2);
  const auto second = made(corpus);
  REQUIRE(load_run(file, *second) == "");
  second->advance(2);
  CHECK(second->signature() == first->signature());
  CHECK(contains(load_run(file, *made(counting_stream(91, 5))), "the data is not what the run was trained on"));
  CHECK(counting_stream(90, 5)->hash == corpus->hash);
  CHECK(counting_stream(90, 6)->hash != corpus->hash);
}

}  // namespace test_data_corpus
