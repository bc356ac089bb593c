#pragma once
// What one handle of the module owns, and the buffer that text goes out by: shared by the files of C functions.

#include <string>
#include <vector>

#include "config.hpp"
#include "probes/patching.hpp"
#include "probes/prompt.hpp"
#include "run.hpp"

namespace induction {

struct Session {
  std::unique_ptr<Run> run;
  PromptRunner prompt;
  PromptResult frame;
  std::vector<uint8_t> targets, file;
  double loss = 0;
  std::string stopped;
  uint64_t prompt_generation = 0;     // the Run's when `prompt` was made
  std::vector<float> maps[3];         // of the last head_circuit
  std::unique_ptr<PatchRun> patches;  // of the last pair of prompts
};

/// Why this module cannot run a course: what is wrong with it, its data, or the memory it needs.
Problems refusals(const Course& course);
/// What one handle owns, around a new run.
Session* new_session(std::unique_ptr<Run> run);

/// The data that was handed over last; nullptr before.
std::shared_ptr<const Corpus> given_corpus();

/// Keeps the text until the next call.
const char* hand_out(std::string text);

}  // namespace induction
