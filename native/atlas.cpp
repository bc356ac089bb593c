// `induction atlas`: sweeps as a folder that a browser opens: phase diagrams whose runs open in the playground.

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "atlas_data.hpp"
#include "command.hpp"
#include "files.hpp"
#include "refusal.hpp"

namespace induction {
namespace {

namespace fs = std::filesystem;

constexpr const char *kPage = "index.html", *kData = "atlas.js";
constexpr uint64_t kMaxPage = 16 << 20;  // bytes; the built page has some 50,000

struct AtlasFlags {
  std::vector<std::string> folders;
  std::string out, title = "Atlas", page = "../index.html", dist;
  bool force = false, json = false;
};

// The built page: where the flag says, or where the source tree or an installation has it beside this program.
std::string find_page(const std::string& dist) {
  std::error_code none;
  std::vector<fs::path> places;
  if (dist.empty()) {
    const fs::path here = fs::read_symlink("/proc/self/exe", none).parent_path();
    places = {here / "../../../web/dist", here / "../share/induction-playground/web"};
  } else {
    places = {dist};
  }
  for (const fs::path& place : places)
    if (fs::is_regular_file(place / "atlas" / kPage, none)) return place / "atlas" / kPage;
  if (!dist.empty())
    refuse("--page-dist is " + in_quotes(dist) + ", which has no atlas/" + kPage + "; it must be the folder of the built page");
  refuse(
      "the built page was not found beside this program; build it with ./play --build, or give --page-dist, the folder of the built page");
}

void prepare(const AtlasFlags& flags) {
  std::error_code error;
  if (fs::exists(flags.out, error) && !fs::is_directory(flags.out, error))
    refuse("--out is " + in_quotes(flags.out) + ", which is a file; it must be a folder");
  if (!flags.force && fs::is_directory(flags.out, error) && !fs::is_empty(flags.out, error))
    refuse("the folder " + in_quotes(flags.out) + " is not empty; give a new one, or --force to replace the atlas in it");
  fs::create_directories(flags.out, error);
  if (error) refuse("the folder " + in_quotes(flags.out) + " cannot be made: " + error.message());
  if (::access(flags.out.c_str(), W_OK | X_OK) != 0)
    refuse("the folder " + in_quotes(flags.out) + " cannot be written: " + std::strerror(errno));
}

// A script and no JSON file: pages opened from a disk may read scripts beside them, but nothing else.
std::string script(const Json& data) {
  std::string text = data.dump(-1, ' ', true, Json::error_handler_t::replace);
  // Each column on a line of its own: sources and differences stay readable.
  for (size_t at = 0; (at = text.find("],\"", at)) != std::string::npos; at += 3) text.replace(at, 3, "],\n\"");
  return "window.induction_atlas = " + text + ";\n";
}

int atlas(const AtlasFlags& flags) {
  if (flags.folders.empty()) refuse("the folders of sweeps are needed: induction atlas DIR... --out DIR");
  if (flags.out.empty()) refuse("--out is required: the folder for the atlas");
  // A link must lead to a page: an address such as javascript: would be a script.
  const std::string scheme = flags.page.substr(0, flags.page.find_first_of("/?#"));
  if (scheme.find(':') != std::string::npos && scheme != "http:" && scheme != "https:")
    refuse("--page is " + in_quotes(flags.page) + "; it must be a relative address or begin with http: or https:");
  if (flags.page.empty() || flags.page.find('#') != std::string::npos)
    refuse("--page is " + in_quotes(flags.page) + "; it must be the address of the playground without a part after #");
  AtlasData data;
  for (const std::string& folder : flags.folders) data.add_sweep(folder);
  const std::vector<const Knob*> varying = data.varying();
  if (varying.empty() || (varying.size() == 1 && std::string(varying[0]->name) == "seed"))
    refuse("nothing but the seed varies in " + std::to_string(data.size()) + " run(s); an atlas needs at least one knob with two values");
  const std::string page = read_text(find_page(flags.dist), kMaxPage);
  const std::string text = script(data.json(flags.title, flags.page));
  prepare(flags);
  write_atomic(flags.out + "/" + kData, text);
  write_atomic(flags.out + "/" + kPage, page);
  if (flags.json)
    print_out(
        Json{{"folder", flags.out}, {"runs", data.size()}, {"repeated", data.repeated()}, {"knobs", varying.size()}, {"bytes", text.size()}}
            .dump() +
        "\n");
  else
    print_out(std::to_string(data.size()) + " runs over " + std::to_string(varying.size()) + " knobs (seed included) written to " +
              flags.out + "; open " + flags.out + "/" + kPage + "\n");
  return kDone;
}

}  // namespace

Command atlas_command(CLI::App& app) {
  const auto flags = std::make_shared<AtlasFlags>();
  CLI::App* command = app.add_subcommand("atlas", "Make a folder that a browser opens: phase diagrams of sweeps");
  command->add_option("folders", flags->folders, "Folders of induction sweep")->type_name("DIR...");
  command->add_option("--out", flags->out, "Folder for the atlas")->type_name("DIR")->take_last();
  command->add_option("--title", flags->title, "Heading of the atlas (default Atlas)")->type_name("TEXT")->take_last();
  command->add_option("--page", flags->page, "Address of the playground, in which runs open (default ../index.html)")
      ->type_name("URL")
      ->take_last();
  command->add_option("--page-dist", flags->dist, "Folder of the built page (default: beside this program)")->type_name("DIR")->take_last();
  command->add_flag("--force", flags->force, "Write into a folder that is not empty");
  command->add_flag("--json", flags->json, "The report as JSON");
  return {command, [flags] { return atlas(*flags); }};
}

}  // namespace induction
