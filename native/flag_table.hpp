#pragma once
// The flags of every command as plain data, read off the parser: what shell completion and the man page are made from.

#include <cstdint>
#include <string>
#include <vector>

#include "command.hpp"

namespace induction {

/// What stands after a flag.
enum class Takes : uint8_t { nothing, text, word, file, folder };

struct FlagLine {
  std::string name;  // --lr; a positional argument has its own name
  std::string type;  // as --help shows it: N, DIR|FILE, true|false; empty when it takes nothing
  std::string doc, group, env;
  Takes takes = Takes::nothing;
  std::vector<std::string> words;  // what it may be, where that is a short list
  bool positional = false, required = false;
};

struct CommandFlags {
  std::string name, doc;  // the name is empty for the program itself
  std::vector<FlagLine> flags;
};

/// The program's own flags first, then each command's.
std::vector<CommandFlags> flag_table(const CLI::App& app);

}  // namespace induction
