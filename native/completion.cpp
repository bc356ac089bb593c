// `induction completion SHELL`: a script that lets bash, zsh or fish complete commands, flags and their values.

#include <memory>

#include "files.hpp"
#include "flag_table.hpp"
#include "refusal.hpp"

namespace induction {
namespace {

using Table = std::vector<CommandFlags>;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string command_names(const Table& table) {
  std::vector<std::string> names;
  for (const CommandFlags& command : table)
    if (!command.name.empty()) names.push_back(command.name);
  return joined(names);
}

std::string flag_names(const CommandFlags& command) {
  std::vector<std::string> names;
  for (const FlagLine& flag : command.flags)
    if (!flag.positional) names.push_back(flag.name);
  return joined(names);
}

const FlagLine* positional(const CommandFlags& command) {
  for (const FlagLine& flag : command.flags)
    if (flag.positional) return &flag;
  return nullptr;
}

// What bash's compgen is asked for a value.
std::string compgen(const FlagLine& flag) {
  switch (flag.takes) {
    case Takes::file: return "-f";
    case Takes::folder: return "-d";
    case Takes::word: return "-W '" + joined(flag.words) + "'";
    case Takes::text: return "-W ''";
    case Takes::nothing: break;
  }
  return "";
}

std::string bash_script(const Table& table) {
  std::string cases;
  for (const CommandFlags& command : table) {
    if (command.name.empty()) continue;
    cases += "    " + command.name + ")\n      flags='" + flag_names(command) + "'\n";
    if (const FlagLine* argument = positional(command)) cases += "      argument=\"" + compgen(*argument) + "\"\n";
    cases += "      case $flag in\n";
    for (const FlagLine& flag : command.flags)
      if (!flag.positional && flag.takes != Takes::nothing) cases += "        " + flag.name + ") value=\"" + compgen(flag) + "\" ;;\n";
    cases += "      esac ;;\n";
  }
  // bash cuts --flag=value at the =, so the flag is one or two words before.
  return "# Completion of induction for bash: source <(induction completion bash)\n"
         "_induction() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} flag=${COMP_WORDS[COMP_CWORD-1]} flags='' value='' argument=''\n"
         "  if [[ $word == '=' ]]; then word=''\n"
         "  elif [[ $flag == '=' ]]; then flag=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
         "  if ((COMP_CWORD == 1)); then\n"
         "    COMPREPLY=($(compgen -W '" +
         command_names(table) + " " + flag_names(table[0]) +
         "' -- \"$word\"))\n"
         "    return\n"
         "  fi\n"
         "  case ${COMP_WORDS[1]} in\n" +
         cases +
         "  esac\n"
         "  if [[ -n $value ]]; then eval \"COMPREPLY=(\\$(compgen $value -- \\\"\\$word\\\"))\"\n"
         "  elif [[ $word != -* && -n $argument ]]; then eval \"COMPREPLY=(\\$(compgen $argument -- \\\"\\$word\\\"))\"\n"
         "  else COMPREPLY=($(compgen -W \"$flags\" -- \"$word\")); fi\n"
         "}\n"
         "complete -o filenames -F _induction induction\n";
}

// Text inside single quotes of zsh's _arguments: brackets and colons mean something there.
std::string zsh_text(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '\'') {
      safe += "'\\''";
      continue;
    }
    if (c == '[' || c == ']' || c == ':' || c == '\\') safe += '\\';
    safe += c;
  }
  return safe;
}

std::string zsh_value(const FlagLine& flag) {
  switch (flag.takes) {
    case Takes::file: return ":" + zsh_text(flag.type) + ":_files";
    case Takes::folder: return ":" + zsh_text(flag.type) + ":_files -/";
    case Takes::word: return ":value:(" + joined(flag.words) + ")";
    case Takes::text: return ":" + zsh_text(flag.type) + ": ";
    case Takes::nothing: break;
  }
  return "";
}

std::string zsh_script(const Table& table) {
  std::string names, cases;
  for (const CommandFlags& command : table) {
    if (command.name.empty()) continue;
    names += "    '" + command.name + ":" + zsh_text(command.doc) + "'\n";
    cases += "    " + command.name + ")\n      _arguments";
    for (const FlagLine& flag : command.flags) {
      const std::string what =
          flag.positional ? "1" : flag.name + (flag.takes == Takes::nothing ? "" : "=") + "[" + zsh_text(flag.doc) + "]";
      cases += " \\\n        '" + what + zsh_value(flag) + "'";
    }
    cases += "\n      ;;\n";
  }
  return "#compdef induction\n"
         "# Completion of induction for zsh: save it as _induction in a folder of $fpath.\n"
         "_induction() {\n"
         "  local -a commands=(\n" +
         names +
         "  )\n"
         "  if ((CURRENT == 2)); then\n"
         "    _describe command commands\n"
         "    return\n"
         "  fi\n"
         "  local command=$words[2]\n"
         "  words=(\"${(@)words[2,-1]}\")\n"
         "  ((CURRENT--))\n"
         "  case $command in\n" +
         cases +
         "  esac\n"
         "}\n"
         "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _induction \"$@\"; else compdef _induction induction; fi\n";
}

std::string fish_text(const std::string& text) {
  std::string safe;
  for (const char c : text) safe += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return "'" + safe + "'";
}

std::string fish_script(const Table& table) {
  std::string text = "# Completion of induction for fish: induction completion fish | source\ncomplete -c induction -f\n";
  for (const CommandFlags& command : table) {
    const std::string here = command.name.empty() ? "__fish_use_subcommand" : "__fish_seen_subcommand_from " + command.name;
    if (!command.name.empty())
      text += "complete -c induction -n __fish_use_subcommand -a " + command.name + " -d " + fish_text(command.doc) + "\n";
    for (const FlagLine& flag : command.flags) {
      text += "complete -c induction -n '" + here + "'";
      if (!flag.positional) text += " -l " + flag.name.substr(2);
      if (flag.takes == Takes::file) text += flag.positional ? " -F" : " -r -F";
      if (flag.takes == Takes::folder) text += std::string(flag.positional ? "" : " -x") + " -a '(__fish_complete_directories)'";
      if (flag.takes == Takes::word) text += " -x -a " + fish_text(joined(flag.words));
      if (flag.takes == Takes::text) text += " -x";
      text += " -d " + fish_text(flag.doc) + "\n";
    }
  }
  return text;
}

}  // namespace

Command completion_command(CLI::App& app) {
  const auto shell = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("completion", "Print the completion script of a shell");
  command->add_option("shell", *shell, "The shell")->type_name("bash|zsh|fish")->required();
  return {command, [shell, &app] {
            const Table table = flag_table(app);
            const std::string& name = *shell;
            if (name != "bash" && name != "zsh" && name != "fish")
              refuse("there is no completion for " + in_quotes(name) + "; the shells are bash, zsh and fish");
            print_out(name == "bash" ? bash_script(table) : name == "zsh" ? zsh_script(table) : fish_script(table));
            return kDone;
          }};
}

}  // namespace induction
