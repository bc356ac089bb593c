// Config: ranges, combinations, words, presets, and JSON both ways.

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "config_json.hpp"
#include "support/support.hpp"

namespace test_config {

using namespace induction;
using namespace induction::tests;

namespace {

Problems from_json(const std::string& text) {
  Config c;
  const Problems found = config_from_json(text, c);
  if (!found.empty()) CHECK(c == Config{});  // nothing half-applied
  return found;
}

// One sentence: it has words, ends no line, and is short enough to show beside a control.
bool is_sentence(const Problem& problem) {
  const std::string& text = problem.message;
  return text.size() > 10 && text.size() < 200 && text.find('\n') == std::string::npos && text.find(' ') != std::string::npos;
}

}  // namespace

TEST_CASE("the defaults and every preset are valid, and the default is the preset demo") {
  CHECK(problems(Config{}).empty());
  CHECK(presets().size() == 4);
  for (const Preset& preset : presets()) CHECK(problems(preset.config).empty());
  REQUIRE(find_preset("demo") != nullptr);
  CHECK(find_preset("demo")->config == Config{});
  CHECK(find_preset("fastest") == nullptr);
}

TEST_CASE("a number out of its range, on either side or not a number, is named with what is allowed") {
  for (const Knob& knob : knobs()) {
    if (knob.type == KnobType::boolean || knob.type == KnobType::choice) continue;
    CAPTURE(std::string(knob.name));
    std::vector<double> bad = {knob.min - 1, knob.max + 1};
    if (knob.type == KnobType::real) bad.insert(bad.end(), {std::nan(""), HUGE_VAL, -HUGE_VAL});
    for (const double value : bad) {
      Config c;
      knob.set(c, value);
      const Problems found = problems(c);
      REQUIRE_FALSE(found.empty());
      CHECK(says(found, knob.name, std::string(knob.name) + " is "));
      CHECK(says(found, knob.name, "it must be "));
      CHECK(is_sentence(found[0]));
    }
    for (const double value : {knob.min, knob.max}) {
      Config c;
      knob.set(c, value);
      CHECK_FALSE(says(problems(c), knob.name, "it must be a"));
    }
  }
}

TEST_CASE("a choice outside its list is a problem, not a crash") {
  Config c;
  c.norm = static_cast<kind::norm>(17);
  CHECK(says(problems(c), "norm", "one of none, rms, layer"));
}

TEST_CASE("d_head 0 means d_model / n_heads, even where rotary positions need pairs, and never below 2") {
  Config c;
  CHECK(head_width(c) == 8);
  c.d_model = 33, c.n_heads = 3;
  CHECK(head_width(c) == 10);
  c.positions = kind::positions::none;
  CHECK(head_width(c) == 11);
  c.d_model = 8, c.n_heads = 16;
  CHECK(head_width(c) == 2);
  c.d_head = 7;
  CHECK(head_width(c) == 7);
}

TEST_CASE("an unknown knob is refused, and the nearest name suggested when one is near") {
  Config c;
  CHECK(says(set_from_text(c, "n_layer", "1"), "n_layer", "did you mean n_layers?"));
  CHECK(says(set_from_text(c, "bacth", "1"), "bacth", "did you mean batch?"));
  CHECK(says(set_from_text(c, "optimiser", "sgd"), "optimiser", "did you mean optimizer?"));
  const Problems found = set_from_text(c, "xylophone", "1");
  REQUIRE(found.size() == 1);
  CHECK(found[0].message == "there is no knob 'xylophone'");
  CHECK(nearest_knob("").empty());
  CHECK(nearest_knob(std::string(100000, 'a')).empty());
  CHECK(c == Config{});
}

TEST_CASE("words set knobs of every type, and wrong words set nothing") {
  Config c;
  CHECK(set_from_text(c, "n_layers", "3").empty());
  CHECK(set_from_text(c, "lr", "3e-3").empty());
  for (const char* half : {"+0.5", ".5", "5.e-1", "50E-2"}) {
    c.lr = 1;
    CHECK(set_from_text(c, "lr", half).empty());
    CHECK(c.lr == 0.5);
  }
  CHECK(set_from_text(c, "seed", "4294967295").empty());
  CHECK(set_from_text(c, "positions", "alibi").empty());
  CHECK(set_from_text(c, "smeared_keys", "1").empty());
  CHECK(set_from_text(c, "tied_embedding", "true").empty());
  CHECK(c.n_layers == 3);
  CHECK(c.seed == 4294967295);
  CHECK(c.positions == kind::positions::alibi);
  CHECK(c.smeared_keys);
  CHECK(c.tied_embedding);
  const Config before = c;
  const std::pair<const char*, const char*> wrong[] = {{"n_layers", "2.5"},
                                                       {"n_layers", "5"},
                                                       {"n_layers", ""},
                                                       {"n_layers", " 2"},
                                                       {"n_layers", "2x"},
                                                       {"n_layers", "0x2"},
                                                       {"lr", "nan"},
                                                       {"lr", "inf"},
                                                       {"lr", "1e999"},
                                                       {"lr", "-0.1"},
                                                       {"lr", "1.2.3"},
                                                       {"lr", "e"},
                                                       {"lr", "++1"},
                                                       {"lr", "."},
                                                       {"lr", "1e"},
                                                       {"lr", "1e+"},
                                                       {"lr", "-"},
                                                       {"lr", ".e1"},
                                                       {"seed", "-1"},
                                                       {"seed", "1e400"},
                                                       {"seed", "4294967296"},
                                                       {"norm", "Layer"},
                                                       {"norm", "0"},
                                                       {"norm", ""},
                                                       {"task", "repeat "},
                                                       {"smeared_keys", "2"},
                                                       {"smeared_keys", "yes"},
                                                       {"batch", "1,000"},
                                                       {"positions", "\xff\xfe"}};
  for (const auto& pair : wrong) {
    const std::string name = pair.first, text = pair.second;
    CAPTURE(name);
    CAPTURE(text);
    const Problems found = set_from_text(c, name, text);
    REQUIRE(found.size() == 1);
    CHECK(found[0].knob == name);
    CHECK(is_sentence(found[0]));
    CHECK(c == before);
  }
  const Problems shown = set_from_text(c, "batch", "1\n\x1b[31m2");
  CHECK(says(shown, "batch", "'1??[31m2'"));  // what is quoted back is printable
}

TEST_CASE("JSON round trips bit-exactly for every knob at its ends and in between") {
  for (const Knob& knob : knobs())
    for (const double value : {knob.min, knob.max, knob.type == KnobType::real ? knob.min + (knob.max - knob.min) / 3 : knob.min}) {
      CAPTURE(std::string(knob.name));
      Config c, read;
      knob.set(c, value);
      CHECK(config_from_json(config_to_json(c), read).empty());
      CHECK(read == c);
      Config words;
      CHECK(set_from_text(words, knob.name, value_text(knob, c)).empty());
      CHECK(words == c);
    }
}

TEST_CASE("JSON may name a preset to start from, and knobs override it wherever they stand") {
  Config c;
  CHECK(config_from_json(R"({"n_heads": 3, "preset": "main"})", c).empty());
  CHECK(c.n_heads == 3);
  CHECK(c.n_ctx == 64);
  CHECK(config_from_json("{}", c).empty());
  CHECK(c.n_ctx == 64);  // read over what is there
}

TEST_CASE("wrong JSON gets a sentence and changes nothing") {
  for (const char* text :
       {"", "{", "[]", "3", "null", "\"lr\"", "{\"lr\": }", "{lr: 1}", "{\"lr\": NaN}", "{\"lr\": Infinity}", "{\"lr\": 1e999}", "{} {}",
        "{\"lr\": 1,}", "\xff", "{\"\xff\": 1}", "{\"lr\": 1} // why", "{\"seed\": 1e400}"}) {
    CAPTURE(std::string(text));
    const Problems found = from_json(text);
    REQUIRE(found.size() == 1);
    CHECK(found[0].message.starts_with("the configuration "));
  }
  CHECK(says(from_json(R"({"preset": "huge"})"), "preset", "there is no preset"));
  CHECK(says(from_json(R"({"preset": 3})"), "preset", "there is no preset"));
  CHECK(says(from_json(R"({"__proto__": {"lr": 1}})"), "__proto__", "there is no knob"));
  CHECK(says(from_json(R"({"constructor": null, "lr": 0.1})"), "constructor", "there is no knob"));
  CHECK(from_json(R"({"lr": "0.1", "n_layers": 9, "x": 1})").size() == 3);  // all of them
}

TEST_CASE("a value of the wrong JSON type is refused for every knob") {
  for (const Knob& knob : knobs())
    for (const char* value : {"null", "[]", "{}", "[1]", "\"1\"", "\"\"", "1e300", "-1e300", "{\"a\": [1, {}]}", "\"\\u0000\""}) {
      CAPTURE(std::string(knob.name));
      CAPTURE(std::string(value));
      const Problems found = from_json("{\"" + std::string(knob.name) + "\": " + value + "}");
      REQUIRE(found.size() == 1);
      CHECK(found[0].knob == knob.name);
      CHECK(is_sentence(found[0]));
    }
  CHECK(from_json(R"({"smeared_keys": 1})").size() == 1);
  CHECK(from_json(R"({"n_layers": true})").size() == 1);
  CHECK(from_json(R"({"n_layers": 1.5})").size() == 1);
  CHECK(from_json(R"({"norm": 1})").size() == 1);
}

TEST_CASE("the schema lists every knob with its limits, type, help and every preset") {
  const auto schema = nlohmann::json::parse(schema_json(), nullptr, false);
  REQUIRE(schema.is_object());
  REQUIRE(schema["knobs"].size() == knobs().size());
  for (size_t i = 0; i < knobs().size(); ++i) {
    const auto& entry = schema["knobs"][i];
    CHECK(entry["name"] == knobs()[i].name);
    CHECK((entry["when"] == "live" || entry["when"] == "rebuild"));
    CHECK(entry["doc"].get<std::string>().size() > 10);
    if (knobs()[i].type == KnobType::choice)
      CHECK(entry["options"].size() >= 2);
    else if (knobs()[i].type != KnobType::boolean)
      CHECK(entry["min"].get<double>() <= entry["slider_min"].get<double>());
  }
  CHECK(schema["presets"].size() == presets().size());
}

TEST_CASE("problems become JSON whatever bytes they quote") {
  const auto json = nlohmann::json::parse(problems_json({{"lr", "bad \xff \x01 \"quoted\""}}), nullptr, false);
  REQUIRE(json.is_object());
  CHECK(json["problems"][0]["knob"] == "lr");
}

TEST_CASE("a model is asked without dropout and with nothing frozen, and with all that shapes it as it was") {
  Config c;
  c.dropout = 0.5, c.attention_dropout = 0.5, c.frozen_q = c.frozen_mlp = c.frozen_embedding = true;
  c.d_mlp = 16, c.bidirectional = c.start_token = true, c.positions = kind::positions::t5;
  Config asked = c;
  asked.dropout = asked.attention_dropout = 0, asked.frozen_q = asked.frozen_mlp = asked.frozen_embedding = false;
  CHECK(for_evaluation(c) == asked);
  CHECK(token_count(c) == 17);
  CHECK(token_count(Config{}) == 16);
}

}  // namespace test_config
