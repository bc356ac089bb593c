// Files and texts from outside that are broken or malicious: each gets a sentence, none gets memory or a crash.

#include <cstring>

#include "config_json.hpp"
#include "snapshot.hpp"
#include "support/support.hpp"

namespace test_hostile {

using namespace induction;
using namespace induction::tests;

namespace {

std::string repeated(const std::string& text, size_t n) {
  std::string all;
  all.reserve(text.size() * n);
  for (size_t i = 0; i < n; ++i) all += text;
  return all;
}

std::vector<uint8_t> file_of(const std::string& header, size_t data_bytes) {
  std::vector<uint8_t> bytes(8 + header.size() + data_bytes);
  const uint64_t length = header.size();
  std::memcpy(bytes.data(), &length, 8);
  std::memcpy(bytes.data() + 8, header.data(), header.size());
  return bytes;
}

// What read_tensors says of a header with 16 bytes of data; the target must stay as it was.
std::string said(const std::string& header) {
  TensorFile file;
  file.metadata["kept"] = "yes";
  const std::string sentence = read_tensors(file_of(header, 16), file);
  if (!sentence.empty()) CHECK(file.metadata.count("kept") == 1);
  return sentence;
}

std::string tensor(const std::string& fields) { return "{\"a\": {" + fields + "}}"; }

bool contains(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

std::unique_ptr<Run> tiny_run() {
  auto run = Run::create(tiny_config());
  REQUIRE(run != nullptr);
  return run;
}

TensorFile checkpoint(Run& run) {
  TensorFile file;
  REQUIRE(read_tensors(save_run(run, Contents::checkpoint), file) == "");
  return file;
}

}  // namespace

TEST_CASE("tensors and metadata survive writing and reading bit-exactly, empty and scalar ones too") {
  TensorFile file, read;
  file.metadata = {{"format", "x"}, {"text", "quotes \" and \\ and \n and ü"}};
  file.arrays = {{"a.b", {2, 3}, {1.5f, -0.0f, 1e-45f, 3e38f, 0.1f, -7}}, {"empty", {0, 4}, {}}, {"scalar", {}, {2.5f}}};
  const std::vector<uint8_t> bytes = write_tensors(file);
  CHECK((bytes.size() - 8) % 4 == 0);
  REQUIRE(read_tensors(bytes, read) == "");
  CHECK(read.metadata == file.metadata);
  REQUIRE(read.arrays.size() == 3);
  for (const NamedArray& array : file.arrays) {
    const NamedArray* found = read.find(array.name);
    REQUIRE(found != nullptr);
    CHECK(found->shape == array.shape);
    CHECK(same_bits(found->values, array.values));
  }
  CHECK(read.find("nothing") == nullptr);
}

TEST_CASE("a file cut off at any byte is refused with a sentence") {
  auto run = tiny_run();
  const std::vector<uint8_t> whole = save_run(*run, Contents::model);
  TensorFile file;
  REQUIRE(read_tensors(whole, file) == "");
  for (size_t n = 0; n < whole.size(); ++n) {
    const std::string sentence = read_tensors(std::span(whole).first(n), file);
    if (sentence.size() < 20) FAIL("cut at byte ", n, ": '", sentence, "'");
  }
}

TEST_CASE("a file with any one bit of its header changed is refused or read, and never crashes") {
  TensorFile file, read;
  file.metadata = {{"step", "3"}};
  file.arrays = {{"a", {2, 2}, {1, 2, 3, 4}}, {"b", {1}, {5}}};
  const std::vector<uint8_t> whole = write_tensors(file);
  for (size_t bit = 0; bit < 8 * (whole.size() - 20); ++bit) {
    std::vector<uint8_t> changed = whole;
    changed[bit / 8] = static_cast<uint8_t>(changed[bit / 8] ^ (1u << bit % 8));
    read_tensors(changed, read);
  }
  CHECK(read_tensors(whole, read) == "");
}

TEST_CASE("headers that lie about lengths, shapes and offsets are refused") {
  TensorFile file;
  for (const uint64_t length : {uint64_t{17}, uint64_t{1} << 32, uint64_t{1} << 63, ~uint64_t{0}, ~uint64_t{0} - 7}) {
    std::vector<uint8_t> bytes(24, ' ');
    std::memcpy(bytes.data(), &length, 8);
    CHECK(contains(read_tensors(bytes, file), "header is longer than the file"));
  }
  CHECK(said(tensor(R"("dtype":"F32","shape":[4],"data_offsets":[0,16])")) == "");
  CHECK(contains(said(tensor(R"("dtype":"F32","shape":[5],"data_offsets":[0,16])")), "larger than its data"));
  CHECK(contains(said(tensor(R"("dtype":"F32","shape":[3],"data_offsets":[0,16])")), "does not match its data"));
  CHECK(contains(said(tensor(R"("dtype":"F32","shape":[4],"data_offsets":[0,15])")), "shape"));
  CHECK(contains(said(tensor(R"("dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0])")), "larger than its data"));
  CHECK(contains(said(tensor(R"("dtype":"F32","shape":[2,4611686018427387904,2],"data_offsets":[0,16])")), "larger than its data"));
  CHECK(contains(said(tensor(R"("dtype":"F32","shape":[4],"data_offsets":[16,32])")), "beyond the end"));
  CHECK(contains(said(tensor(R"("dtype":"F32","shape":[4],"data_offsets":[16,0])")), "beyond the end"));
  CHECK(contains(said(tensor(R"("dtype":"F32","shape":[4],"data_offsets":[0,18446744073709551615])")), "beyond the end"));
  CHECK(contains(said(tensor(R"("dtype":"F32","shape":[4],"data_offsets":[-16,0])")), "whole data_offsets"));
  CHECK(contains(said(tensor(R"("dtype":"F32","shape":[4],"data_offsets":[0.0,16])")), "whole data_offsets"));
  CHECK(contains(said(tensor(R"("dtype":"F32","shape":[4],"data_offsets":[0,16,32])")), "whole data_offsets"));
  CHECK(contains(said(tensor(R"("dtype":"F32","shape":[4],"data_offsets":"0")")), "whole data_offsets"));
  CHECK(contains(said(tensor(R"("dtype":"F32","shape":[-4],"data_offsets":[0,16])")), "non-negative"));
  CHECK(contains(said(tensor(R"("dtype":"F32","shape":[4.0],"data_offsets":[0,16])")), "non-negative"));
  CHECK(contains(said(tensor(R"("dtype":"F32","shape":4,"data_offsets":[0,16])")), "at most 8 axes"));
  CHECK(contains(said(tensor(R"("dtype":"F32","shape":[1,1,1,1,1,1,1,1,4],"data_offsets":[0,16])")), "at most 8 axes"));
}

TEST_CASE("headers with wrong types, names twice, overlaps or endless nesting are refused") {
  CHECK(contains(said(tensor(R"("dtype":"F64","shape":[2],"data_offsets":[0,16])")), "dtype F32 or I32"));
  CHECK(contains(said(tensor(R"("dtype":32,"shape":[4],"data_offsets":[0,16])")), "dtype F32 or I32"));
  CHECK(contains(said(tensor(R"("dtype":"F32","data_offsets":[0,16])")), "needs dtype, shape and data_offsets"));
  CHECK(contains(said(R"({"a": 3})"), "needs dtype"));
  CHECK(contains(said(R"({"a": null})"), "needs dtype"));
  CHECK(contains(said(R"([])"), "not a JSON object"));
  CHECK(contains(said("\xff\xfe"), "not a JSON object"));
  CHECK(contains(said(R"({"__metadata__": 3})"), "metadata"));
  CHECK(contains(said(R"({"__metadata__": {"step": 3}})"), "text only"));
  const std::string a = R"("a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]})";
  CHECK(said("{" + a + R"(,"b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}})") == "");
  CHECK(contains(said("{" + a + R"(,"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})"), "overlap"));
  CHECK(contains(said("{" + a + R"(,"b":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})"), "overlap"));
  CHECK(contains(said("{" + a + "," + a + "}"), "twice"));
  CHECK(contains(said(tensor(repeated("[", 100000))), "nested too deeply"));
  CHECK(said("{\"" + repeated("]", 200000) + "\":" + repeated("[", 200000) + repeated("]", 200000) + "}") != "");
  CHECK(contains(said("{\"\x01\x02\": 3}"), "JSON"));
}

TEST_CASE("integers are read as numbers") {
  std::vector<uint8_t> bytes = file_of(tensor(R"("dtype":"I32","shape":[4],"data_offsets":[0,16])"), 16);
  const int32_t values[4] = {-1, 0, 7, 65536};
  std::memcpy(bytes.data() + bytes.size() - 16, values, 16);
  TensorFile file;
  REQUIRE(read_tensors(bytes, file) == "");
  CHECK(file.arrays[0].values == std::vector<float>{-1, 0, 7, 65536});
}

TEST_CASE("a checkpoint that does not fit is refused with a sentence, and the run is unchanged") {
  auto run = tiny_run();
  run->advance(3);
  const std::string before = run->signature();
  const auto refused = [&](const char* words, auto spoil) {
    CAPTURE(std::string(words));
    TensorFile file = checkpoint(*run);
    spoil(file);
    CHECK(contains(load_run(file, *run), words));
    CHECK(run->signature() == before);
  };
  refused("has no tensor 'embed.W_E'", [](TensorFile& f) { f.arrays.erase(f.arrays.begin()); });
  refused("has no tensor 'optimizer.v.unembed.W_U'", [](TensorFile& f) { f.arrays.pop_back(); });
  refused("has shape [8, 5]; it must be [5, 8]", [](TensorFile& f) { f.arrays[0].shape = {8, 5}; });
  refused("not finite", [](TensorFile& f) { f.arrays[0].values[3] = NAN; });
  refused("not finite", [](TensorFile& f) { f.arrays.back().values[3] = INFINITY; });
  refused("no step", [](TensorFile& f) { f.metadata.erase("step"); });
  for (const char* step : {"", "-1", "1e3", "99999999999999999999", "0x10", " 1"})
    refused("no step", [&](TensorFile& f) { f.metadata["step"] = step; });
}

TEST_CASE("a file's config is checked like any other") {
  auto run = tiny_run();
  TensorFile file = checkpoint(*run);
  Config c;
  REQUIRE(config_of(file, c) == "");
  CHECK(c == tiny_config());
  for (const char* text : {"", "[]", "{\"d_model\": 1e9}", "{\"period_max\": 99}", "{\"extra\": 1}"}) {
    file.metadata["config"] = text;
    CHECK(contains(config_of(file, c), "config is not valid"));
  }
  file.metadata.erase("config");
  CHECK(contains(config_of(file, c), "not a model of this program"));
  CHECK(c == tiny_config());
}

TEST_CASE("JSON nested a hundred thousand deep is refused, not a stack overflow") {
  Config c;
  for (const std::string open : {"[", "{\"lr\":"})
    for (const char* where : {"lr", "preset", "nothing"}) {
      const std::string close = open == "[" ? "]" : "}";
      const std::string text = "{\"" + std::string(where) + "\": " + repeated(open, 100000) + "1" + repeated(close, 100000) + "}";
      CHECK_FALSE(config_from_json(text, c).empty());
    }
  CHECK_FALSE(config_from_json(repeated("[", 1000000), c).empty());
  CHECK_FALSE(config_from_json("{\"lr\": " + repeated("9", 1000000) + "}", c).empty());
  CHECK_FALSE(config_from_json("{\"" + repeated("k", 1000000) + "\": 1}", c).empty());
  CHECK(c == Config{});
}

}  // namespace test_hostile
