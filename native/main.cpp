// The command line `induction`. Every error leaves here as one sentence on stderr and exit status 2.

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <new>

#include "command.hpp"
#include "config.hpp"
#include "refusal.hpp"

namespace induction {
namespace {

std::string command_names(const std::vector<Command>& commands) {
  std::string text;
  for (size_t i = 0; i < commands.size(); ++i)
    text += (i == 0 ? "" : i + 1 < commands.size() ? ", " : " and ") + commands[i].flags->get_name();
  return text;
}

// The flag that a misspelt one may have meant: one of this command's own that shares its beginning, or the nearest knob.
std::string nearest_flag(CLI::App& command, std::string word) {
  std::replace(word.begin(), word.end(), '-', '_');
  if (word.size() >= 3)
    for (const CLI::Option* option : command.get_options())
      for (const std::string& name : option->get_lnames())
        if (name.rfind(word, 0) == 0 || word.rfind(name, 0) == 0) return name;
  const std::string knob = nearest_knob(word);
  return command.get_option_no_throw("--" + knob) ? knob : "";
}

[[noreturn]] void refuse_extra(CLI::App& command, const std::string& extra) {
  const std::string in = "induction " + command.get_name();
  if (extra.empty() || extra[0] != '-') refuse(in_quotes(extra) + " is not expected here; see " + in + " --help");
  const std::string flag = extra.substr(0, extra.find('='));
  const std::string near = nearest_flag(command, flag.substr(std::min(flag.size(), flag.find_first_not_of('-'))));
  refuse("there is no flag " + in_quotes(flag) + (near.empty() ? "; see " + in + " --help" : "; did you mean --" + near + "?"));
}

// CLI11's message as one sentence of ours.
std::string parse_problem(const CLI::ParseError& error) {
  const std::string text = error.what();
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error)) return text.substr(0, text.find(':')) + " needs a value";
  return text.substr(0, text.find('\n'));
}

int run(int argc, char** argv) {
  CLI::App app("Trains tiny attention models and measures how induction heads form.", "induction");
  app.set_version_flag("--version", std::string("induction ") + INDUCTION_VERSION);
  app.footer(
      "Exit status: 0 done, 1 the doctor found a fault, 2 refused (a sentence says why), 3 the loss ran away, 129, 130 or 143 stopped by "
      "a signal.");
  app.allow_extras();
  const std::vector<Command> commands = {train_command(app),  probe_command(app),  schema_command(app), bench_command(app),
                                         sweep_command(app),  merge_command(app),  atlas_command(app),  experiment_command(app),
                                         replay_command(app), record_command(app), import_command(app), completion_command(app),
                                         man_command(app),    doctor_command(app)};
  for (const Command& command : commands) command.flags->allow_extras();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    refuse(parse_problem(error));
  }
  for (const Command& command : commands) {
    if (!command.flags->parsed()) continue;
    if (const auto extras = command.flags->remaining(); !extras.empty()) refuse_extra(*command.flags, extras[0]);
    if (const auto extras = app.remaining(); !extras.empty())
      refuse(in_quotes(extras[0]) + " stands before the command; flags come after it");
    return command.run();
  }
  const auto extras = app.remaining();
  if (extras.empty()) refuse("a command is needed: " + command_names(commands) + "; see induction --help");
  refuse("there is no command " + in_quotes(extras[0]) + "; the commands are " + command_names(commands));
}

}  // namespace
}  // namespace induction

int main(int argc, char** argv) {
  // Where a standard stream is closed, the next file that is opened would take its place, and be written into. This one only refuses.
  int spare = 0;
  while (spare >= 0 && spare <= STDERR_FILENO) spare = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (spare > STDERR_FILENO) ::close(spare);
  // A file that may not grow answers like a full disk, with a sentence.
  signal(SIGXFSZ, SIG_IGN);
  // Nobody who reads what is told along the way is no reason to stop training; print_out sees to the results.
  signal(SIGPIPE, SIG_IGN);
  std::string sentence;
  try {
    return induction::run(argc, argv);
  } catch (const induction::Refusal& refusal) {
    sentence = refusal.sentence;
  } catch (const std::bad_alloc&) {
    sentence = "there is not enough memory";
  } catch (const std::exception& error) {
    sentence = error.what();
  }
  // Files from outside have their say in some sentences: no character of theirs may steer a terminal.
  for (char& c : sentence)
    if (static_cast<unsigned char>(c) < 32 || c == 127) c = '?';
  std::fprintf(stderr, "induction: %s\n", sentence.c_str());
  return induction::kRefused;
}
