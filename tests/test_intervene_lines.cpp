// Interventions as lines of text, and those that are refused.

#include "support/held.hpp"

namespace test_intervene_lines {

using namespace induction;
using namespace induction::tests;

namespace {

std::string refusal(const std::string& text) {
  Intervention made;
  return read_intervention(text, made);
}

}  // namespace

TEST_CASE("an intervention's text reads back as the same intervention") {
  for (const char* text : {"ablate 1.2 zero", "ablate 0.0 mean", "ablate 1.11 resample", "ablate 0.1 pattern_preserving",
                           "clamp 0.1 previous", "clamp 0.1 match", "clamp 0.1 uniform", "clamp 0.1 given", "path 0.1 q 1.2 0",
                           "path 0.1 k 2.0 -0.25", "path 0.1 v 1.2 1.5", "copy 1.0 10", "copy 0.1 -2.5", "patch 1.2 all 3-7-1-3",
                           "patch 0.0 3 0-1-2-4095", "freeze embed", "freeze blocks.0.attn.W_Q", "freeze blocks.1.attn.W_O 3"})
    CHECK(text_of(line(text)) == text);
  CHECK(text_of(line("freeze 1.2")) == "freeze blocks.1.attn 2");
  CHECK(text_of(line("  clamp   0.1  match ")) == "clamp 0.1 match");
}

TEST_CASE("hostile interventions are refused with one sentence") {
  for (const char* text : {"",
                           " ",
                           "ablate",
                           "ablate 0.1",
                           "ablate 0 zero",
                           "ablate 0. zero",
                           "ablate .1 zero",
                           "ablate -1.0 zero",
                           "ablate 0.1 zero zero",
                           "ablate 0.9999 zero",
                           "path 0.1 k",
                           "path 0.1 x 1.0 0",
                           "path 0.1 k 1.0 nan",
                           "path 0.1 k 1.0 1e9",
                           "path 0.1 k 1.0 0x1",
                           "path 0.1 k 1.0 0 0",
                           "copy 0.1",
                           "copy 0.1 x",
                           "copy 0.1 1e9",
                           "copy 1 10",
                           "copy 0.1 1 1",
                           "clamp 0.1 PREVIOUS",
                           "explode 0.1",
                           "\n\t",
                           "freeze",
                           "freeze a b",
                           "freeze a 1 2",
                           "patch 0.1 all",
                           "patch 0.1 some 1-2",
                           "patch 0.1 all 1-",
                           "patch 0.1 all -1",
                           "patch 0.1 all 1,2",
                           "patch 0.1 all 12345",
                           "patch 0.1 -1 1-2",
                           "freeze a\x01"})
    CHECK(refusal(text).rfind("intervention '", 0) == 0);
  CHECK(refusal(std::string(100000, 'a')).size() < 200);
  CHECK(refusal("ablate 0.1 zeros") ==
        "intervention 'ablate 0.1 zeros': there is no kind 'zeros'; ablate takes zero|mean|resample|pattern_preserving");
  CHECK(refusal("break 0.1 zero") == "intervention 'break 0.1 zero' must begin with ablate, clamp, copy, path, patch or freeze");
  CHECK(refusal("copy 1.0 ten") == "intervention 'copy 1.0 ten': the factor is 'ten'; it must be a number from -1000 to 1000");
  CHECK(refusal("path 0.1 o 1.0 0").find("not at 'o'") != std::string::npos);
}

TEST_CASE("interventions that a model has no place for are refused: heads, paths backwards, paths through a norm, two on one place") {
  Config c = held_config();
  const auto says_so = [&](Interventions list, const char* words) {
    const Problems found = problems(list, c);
    REQUIRE(found.size() == 1);
    CAPTURE(found[0].message);
    CHECK(found[0].message.find(words) != std::string::npos);
  };
  says_so({line("ablate 2.0 zero")}, "there is no head 2.0");
  says_so({line("clamp 0.2 match")}, "there is no head 0.2");
  says_so({line("path 0.0 k 1.7 0")}, "there is no head 1.7");
  says_so({line("path 1.0 k 1.1 0")}, "must end in a later layer than 1");
  says_so({line("clamp 0.0 given")}, "needs a pattern of 8 rows");
  says_so({line("ablate 0.0 zero"), line("ablate 0.0 mean")}, "about the same place");
  says_so({line("path 0.0 k 1.1 0"), line("path 0.0 k 1.1 2")}, "about the same place");
  says_so({line("patch 2.0 all 1-2")}, "there is no head 2.0");
  says_so({line("patch 0.0 2 1-2")}, "position 2 is not in its prompt, which has positions 0 to 1");
  says_so({line("patch 0.0 all 1-2-5")}, "its prompt's token 5 is not in the vocabulary; tokens are 0 to 4");
  says_so({line("patch 0.0 all 1-2-3-4-1-2-3-4-1")}, "its prompt has 9 tokens; at most n_ctx (8)");
  says_so({line("patch 0.0 all 1-2"), line("patch 0.0 1 1-2")}, "about the same place");
  says_so({line("patch 0.0 all 1-2"), line("ablate 0.0 mean")}, "about the same place");
  says_so({line("copy 0.2 1")}, "there is no head 0.2");
  says_so({line("copy 0.0 1"), line("ablate 0.0 zero")}, "about the same place");
  CHECK(problems(Interventions{line("copy 0.0 1"), line("clamp 0.0 match"), line("copy 0.1 2")}, c).empty());
  CHECK(problems(Interventions{line("patch 0.0 0 1-2"), line("patch 0.0 1 1-2"), line("clamp 0.0 match")}, c).empty());
  Interventions given = filled(c, {"clamp 0.0 given"});
  given[0].values[1] = 0.5f;  // row 0, key 1
  says_so(given, "row 0, key 1");
  says_so(Interventions(65, line("ablate 0.0 zero")), "at most 64");
  says_so({line("freeze blocks.7")}, "no parameter 'blocks.7'");
  says_so({line("freeze 0.5")}, "has no head 5");
  says_so({line("ablate 0.0 zero"), line("ablate 0.0 pattern_preserving")}, "about the same place");
  says_so({line("ablate 0.0 pattern_preserving"), line("path 0.1 v 1.1 0")}, "cannot be held together");
  says_so({line("path 0.1 v 1.1 0"), line("ablate 1.0 pattern_preserving")}, "cannot be held together");
  CHECK(problems(Interventions{line("ablate 0.0 pattern_preserving"), line("path 0.1 k 1.1 0")}, c).empty());
  c.dropout = 0.1;
  says_so({line("path 0.0 k 1.1 0")}, "not defined with dropout");
  c.dropout = 0, c.norm = kind::norm::rms;
  says_so({line("path 0.0 k 1.1 0")}, "not defined with a norm");
}

TEST_CASE("without the causal mask a given pattern may have later keys, and patterns that are about earlier keys are refused") {
  Config c = held_config();
  c.objective = kind::objective::query, c.bidirectional = true;
  for (const char* text : {"clamp 0.1 match", "clamp 0.1 uniform"}) {
    const Problems found = problems(Interventions{line(text)}, c);
    REQUIRE(found.size() == 1);
    CHECK(found[0].message.find("about the keys up to the query") != std::string::npos);
  }
  CHECK(problems(Interventions{line("clamp 0.1 previous")}, c).empty());
  Interventions given = {line("clamp 0.1 given")};
  const auto length = static_cast<size_t>(c.n_ctx);
  given[0].values.assign(length * length, 0.125f);
  CHECK(problems(given, c).empty());
  HeldOut during(c, given, Mode::training);
  during.cpu.run(false);
  const std::vector<float> pattern = during.read("blocks.0.attn.hook_pattern");
  CHECK(pattern[(0 * 2 + 1) * length * length + length - 1] == 0.125f);  // row 0, head 1, query 0, last key
}

}  // namespace test_intervene_lines
