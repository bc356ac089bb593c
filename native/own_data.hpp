#pragma once
// The flag --data: the file that tasks `tokens` and `text` read.

#include "data/corpus.hpp"
#include "knob_flags.hpp"

namespace induction {

void add_data_flag(CLI::App& app, std::string& path);

/// The data of a Config; nullptr for tasks that need none. Refuses a file that cannot be read or used, and --data where nothing reads it.
std::shared_ptr<const Corpus> read_data(const std::string& path, const Config& config);
/// The same, where d_vocab follows the data unless flags or a file say what it is.
std::shared_ptr<const Corpus> read_data(const std::string& path, const KnobFlags& flags, Config& config);

}  // namespace induction
