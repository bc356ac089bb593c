#pragma once
// The subcommands. Each file adds its flags to the parser and hands back what to do when it was chosen.

#include <CLI/CLI.hpp>
#include <functional>

namespace induction {

struct Command {
  CLI::App* flags;
  std::function<int()> run;  // returns the exit status; refuses by throwing Refusal
};

Command train_command(CLI::App& app);
Command probe_command(CLI::App& app);
Command schema_command(CLI::App& app);
Command bench_command(CLI::App& app);
Command sweep_command(CLI::App& app);
Command merge_command(CLI::App& app);
Command atlas_command(CLI::App& app);
Command experiment_command(CLI::App& app);
Command replay_command(CLI::App& app);
Command import_command(CLI::App& app);
Command completion_command(CLI::App& app);
Command man_command(CLI::App& app);
Command doctor_command(CLI::App& app);
Command record_command(CLI::App& app);

}  // namespace induction
