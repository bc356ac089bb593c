// `induction schema`: every knob and preset as JSON, for tools.

#include "command.hpp"
#include "config_json.hpp"
#include "files.hpp"
#include "refusal.hpp"

namespace induction {

Command schema_command(CLI::App& app) {
  CLI::App* flags = app.add_subcommand("schema", "Print every knob and preset as JSON");
  return {flags, [] {
            print_out(schema_json() + "\n");
            return kDone;
          }};
}

}  // namespace induction
