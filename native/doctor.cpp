// `induction doctor`: is this build sound on this machine? Exit status 1 and a sentence for each fault when it is not.

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "doctor_checks.hpp"
#include "files.hpp"
#include "refusal.hpp"

namespace induction {
namespace {

constexpr int kUnsound = 1;

const char* grade_word(CheckResult::Grade grade) {
  return grade == CheckResult::Grade::fine ? "ok" : grade == CheckResult::Grade::note ? "note" : "wrong";
}

std::string report_text(const std::vector<CheckResult>& findings, size_t wrong) {
  size_t width = 0;
  for (const CheckResult& finding : findings) width = std::max(width, finding.name.size());
  std::string text;
  for (const CheckResult& finding : findings) {
    std::string grade = grade_word(finding.grade), name = finding.name;
    grade.resize(5, ' '), name.resize(width, ' ');
    text += grade + "  " + name + "  " + finding.sentence + "\n";
  }
  return text + (wrong ? std::to_string(wrong) + " of " + std::to_string(findings.size()) + " checks failed\n" : "All is well.\n");
}

std::string report_json(const std::vector<CheckResult>& findings, size_t wrong) {
  nlohmann::ordered_json root = {{"sound", wrong == 0}, {"version", INDUCTION_VERSION}};
  for (const CheckResult& finding : findings)
    root["checks"].push_back({{"name", finding.name}, {"state", grade_word(finding.grade)}, {"sentence", finding.sentence}});
  return root.dump(2) + "\n";
}

int doctor(bool json) {
  std::vector<CheckResult> findings = {check_build()};
  for (const auto& check : {check_arithmetic, check_signatures, check_machine})
    for (CheckResult& finding : check()) findings.push_back(std::move(finding));
  size_t wrong = 0;
  for (const CheckResult& finding : findings) wrong += finding.grade == CheckResult::Grade::wrong;
  print_out(json ? report_json(findings, wrong) : report_text(findings, wrong));
  return wrong ? kUnsound : kDone;
}

}  // namespace

Command doctor_command(CLI::App& app) {
  const auto json = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand("doctor", "Check that this build computes the right numbers on this machine");
  command->add_flag("--json", *json, "Print as JSON");
  return {command, [json] { return doctor(*json); }};
}

}  // namespace induction
