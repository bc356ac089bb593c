// `induction merge`: joins sweeps, such as the shards of one.

#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <map>

#include "command.hpp"
#include "files.hpp"
#include "refusal.hpp"
#include "sweep_summary.hpp"

namespace induction {
namespace {

struct MergeFlags {
  std::vector<std::string> folders;
  std::string out;
  bool json = false;
};

// A run as it stands in one of the folders.
struct Found {
  std::string signature, line;
  const std::string* folder;
};

class Merge {
 public:
  /// Reads a folder's runs. It may be read-only, and in use.
  void add(const std::string& folder) {
    const std::string path = folder + "/" + kResultsFile;
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) refuse(in_quotes(path) + " cannot be read: " + std::strerror(errno));
    LineReader reader(file, path);
    try {
      each_result(reader, [&](const Result& result, const std::string& line) { add(result, line, folder); });
    } catch (...) {
      ::close(file);
      throw;
    }
    ::close(file);
  }

  const std::map<uint64_t, Found>& runs() const { return runs_; }
  uint64_t repeated() const { return repeated_; }

 private:
  void add(const Result& result, const std::string& line, const std::string& folder) {
    const auto [at, fresh] = runs_.try_emplace(result.id, Found{result.signature, line, &folder});
    if (fresh) return;
    ++repeated_;
    if (at->second.signature != result.signature)
      refuse("the run " + id_text(result.id) + " has the signature " + at->second.signature + " in " + in_quotes(*at->second.folder) +
             " and " + result.signature + " in " + in_quotes(folder) +
             "; one of them was not made by this program, or not by this version; nothing was merged");
  }

  std::map<uint64_t, Found> runs_;
  uint64_t repeated_ = 0;
};

// The specs of all folders, as `out` keeps them: one if they are the same, else a list of them.
Json joined_spec(const std::vector<std::string>& folders, const std::string& out) {
  Json specs = Json::array();
  bool list = false;
  for (const std::string& folder : folders) {
    const Json spec = read_plan(folder + "/" + kSpecFile, {}, true, DataUse::remembered).kept(out);
    list = list || spec.is_array();
    for (const Json& one : spec.is_array() ? spec : Json::array({spec}))
      if (std::find(specs.begin(), specs.end(), one) == specs.end()) specs.push_back(one);
  }
  return specs.size() == 1 && !list ? specs[0] : specs;
}

int merge(const MergeFlags& flags) {
  if (flags.folders.empty()) refuse("the folders to merge are needed: induction merge DIR... --out DIR");
  if (flags.out.empty()) refuse("--out is required: the folder for all results");
  // What --out holds already stays: it is one more folder to merge.
  std::vector<std::string> folders;
  if (holds_sweep(flags.out)) folders.push_back(flags.out);
  for (const std::string& folder : flags.folders) {
    want_sweep(folder);
    std::error_code none;
    if (folders.empty() || !std::filesystem::equivalent(folder, folders[0], none)) folders.push_back(folder);
  }
  Merge all;
  for (const std::string& folder : folders) all.add(folder);
  const Plan plan(joined_spec(folders, flags.out).dump(), "the merged spec", {}, true, flags.out, DataUse::remembered);

  SweepFolder out(flags.out);
  out.adopt(plan);
  uint64_t added = 0;
  for (const auto& [id, found] : all.runs()) added += out.append(id, found.line);
  out.sync();
  write_summary(out);
  const Tally tally = out.tally(plan.points());
  const uint64_t missing = plan.points().size() - tally.runs;
  if (flags.json)
    print_out(Json{{"folder", flags.out},
                   {"runs", plan.points().size()},
                   {"done", tally.runs},
                   {"missing", missing},
                   {"added", added},
                   {"repeated", all.repeated()}}
                  .dump() +
              "\n");
  else
    print_out(std::to_string(all.runs().size()) + " runs from " + std::to_string(folders.size()) + " folders, " +
              std::to_string(all.repeated()) + " of them more than once; " + std::to_string(missing) +
              " runs of the spec are missing; written to " + flags.out + "\n");
  return kDone;
}

}  // namespace

Command merge_command(CLI::App& app) {
  const auto flags = std::make_shared<MergeFlags>();
  CLI::App* command = app.add_subcommand("merge", "Join sweeps, such as the shards of one, into one folder");
  command->add_option("folders", flags->folders, "Folders of induction sweep")->type_name("DIR...");
  command->add_option("--out", flags->out, "Folder for all results; what it holds already is kept")->type_name("DIR")->take_last();
  command->add_flag("--json", flags->json, "The report as JSON");
  return {command, [flags] { return merge(*flags); }};
}

}  // namespace induction
