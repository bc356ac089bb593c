#include "flag_table.hpp"

#include <algorithm>

namespace induction {
namespace {

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text) {
    if (c == '[' || c == ']') continue;
    if (c == '|')
      words.push_back(std::move(word)), word.clear();
    else
      word += c;
  }
  if (!word.empty()) words.push_back(word);
  return words;
}

// N, X and words in capitals stand for something; the rest stands for itself.
bool is_placeholder(const std::string& word) {
  const bool capitals = word.size() > 1 && std::all_of(word.begin(), word.begin() + 2, [](char c) { return c >= 'A' && c <= 'Z'; });
  return capitals || word == "N" || word == "X";
}

void read_type(FlagLine& flag) {
  if (flag.type.empty()) return;
  flag.takes = Takes::text;
  for (const std::string& word : split(flag.type)) {
    if (!is_placeholder(word)) flag.words.push_back(word);
    if (word.rfind("FILE", 0) == 0)
      flag.takes = Takes::file;  // the way to a file leads through folders, so both are offered
    else if (word.rfind("DIR", 0) == 0 && flag.takes != Takes::file)
      flag.takes = Takes::folder;
  }
  if (!flag.words.empty()) flag.takes = Takes::word;
}

CommandFlags read_flags(const CLI::App& app, const std::string& name) {
  CommandFlags command{name, app.get_description(), {}};
  for (const CLI::Option* option : app.get_options()) {
    FlagLine flag;
    flag.positional = option->get_positional();
    if (!flag.positional && option->get_lnames().empty()) continue;
    flag.name = flag.positional ? option->get_name() : "--" + option->get_lnames()[0];
    flag.doc = option->get_description(), flag.group = option->get_group(), flag.env = option->get_envname();
    flag.required = option->get_required();
    if (option->get_expected_max() > 0) flag.type = option->get_type_name();
    read_type(flag);
    command.flags.push_back(std::move(flag));
  }
  return command;
}

}  // namespace

std::vector<CommandFlags> flag_table(const CLI::App& app) {
  std::vector<CommandFlags> table = {read_flags(app, "")};
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    table.push_back(read_flags(*command, command->get_name()));
  return table;
}

}  // namespace induction
