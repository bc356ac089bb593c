// `induction man`: the manual page, from the same table of flags as --help and shell completion. man(7) macros.

#include <algorithm>

#include "files.hpp"
#include "flag_table.hpp"
#include "refusal.hpp"

namespace induction {
namespace {

// A line of text: backslashes and hyphens that must stay as typed, and no line that begins with a control character.
std::string roff(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '\\')
      safe += "\\e";
    else if (c == '-')
      safe += "\\-";
    else
      safe += c;
  }
  return (safe.empty() || safe[0] == '.' || safe[0] == '\'') ? "\\&" + safe : safe;
}

// 'man' fills lines anyway, and checkers complain about long ones in the source.
std::string filled(const std::string& text) {
  constexpr size_t kWidth = 78;
  std::string out, line;
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    if (!line.empty() && line.size() + 1 + word.size() > kWidth) out += roff(line) + "\n", line.clear();
    line += (line.empty() ? "" : " ") + word;
    at = end + 1;
  }
  return out + roff(line) + "\n";
}

std::string capital(const std::string& text) {
  std::string upper;
  for (const char c : text) upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return upper;
}

std::string flag_text(const FlagLine& flag) {
  std::string text = ".TP\n.B " + roff(flag.positional ? capital(flag.name) : flag.name);
  if (!flag.positional && !flag.type.empty()) text += " \\fI" + roff(flag.type) + "\\fR";
  return text + "\n" + filled(flag.doc + (flag.env.empty() ? "" : " Environment: " + flag.env + "."));
}

std::string command_text(const CommandFlags& command) {
  std::string synopsis = ".B induction " + roff(command.name), text;
  for (const FlagLine& flag : command.flags)
    if (flag.positional) synopsis += " \\fI" + roff(flag.type) + "\\fR";
  text = ".SS " + command.name + "\n" + filled(command.doc + ".") + ".PP\n" + synopsis + " \\fR[flags]\n";
  // Flags stand together with their group: the knobs come in the order of config.def.
  std::string group = command.flags.empty() ? "" : command.flags[0].group;
  for (const FlagLine& flag : command.flags) {
    if (flag.group != group) text += ".PP\n\\fI" + roff(flag.group) + "\\fR\n";
    group = flag.group;
    text += flag_text(flag);
  }
  return text;
}

std::string page(const CLI::App& app) {
  std::string text = std::string(".TH INDUCTION 1 \"\" \"induction ") + INDUCTION_VERSION + "\" \"Induction Playground\"\n";
  text += ".SH NAME\ninduction \\- train tiny attention models and watch induction heads form\n";
  text += ".SH SYNOPSIS\n.B induction\n.I command\n[flags]\n.br\n.B induction \\-\\-help\n";
  text +=
      ".SH DESCRIPTION\n" + filled(app.get_description() + " The same configuration gives the same numbers, to the bit, on every machine.");
  text += ".SH COMMANDS\n";
  for (const CommandFlags& command : flag_table(app))
    if (!command.name.empty()) text += command_text(command);
  text += ".SH EXIT STATUS\n" + filled(app.get_footer());
  text +=
      ".SH FILES\nA run's folder holds\n.IR config.json ,\n.IR metrics.jsonl ,\n.IR summary.json ,\n.IR model.safetensors ,\n"
      ".IR checkpoint.safetensors ,\nand with\n.B \\-\\-checkpoint\\-every\nthe folder\n.IR checkpoints .\n";
  text +=
      ".SH ENVIRONMENT\n.TP\n.B INDUCTION_KERNELS\nInstruction set, as with\n.BR \\-\\-kernels .\n.TP\n.B NO_COLOR\n"
      "When it is set and not empty, nothing is coloured.\n";
  return text;
}

}  // namespace

Command man_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("man", "Print the manual page");
  return {command, [&app] {
            print_out(page(app));
            return kDone;
          }};
}

}  // namespace induction
