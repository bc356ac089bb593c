#include "onsets.hpp"

#include <algorithm>
#include <limits>
#include <sstream>

#include "probes/onset.hpp"

namespace induction {
namespace {

using Json = nlohmann::ordered_json;

// Smallest changes that count: nats of loss, and share of attention (half of kRoleThreshold).
constexpr double kLossChange = 0.3, kScoreChange = 0.2;

struct Series {
  std::vector<double> steps, loss_rep, previous_token, token_k_composition, induction;
};

double number(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_number() ? at->get<double>() : std::numeric_limits<double>::quiet_NaN();
}

// The highest score of any head.
double best(const Json& record, const char* score) {
  double highest = std::numeric_limits<double>::quiet_NaN();
  const auto heads = record.find("heads");
  if (heads == record.end() || !heads->is_array()) return highest;
  for (const Json& head : *heads)
    if (head.is_object()) highest = std::fmax(highest, number(head, score));
  return highest;
}

Series read_series(const std::string& metrics) {
  Series series;
  std::istringstream lines(metrics);
  for (std::string line; std::getline(lines, line);) {
    const Json record = Json::parse(line, nullptr, false);
    if (!record.is_object()) continue;  // a line that a crash cut off
    series.steps.push_back(number(record, "step"));
    series.loss_rep.push_back(number(record, "loss_rep"));
    series.previous_token.push_back(best(record, "previous_token"));
    series.token_k_composition.push_back(best(record, "token_k_composition"));
    series.induction.push_back(best(record, "induction"));
  }
  return series;
}

Json fit_object(const OnsetFit& fit) {
  return {{"midpoint", fit.midpoint}, {"first", fit.first()}, {"last", fit.last()},        {"width", fit.width},
          {"before", fit.before},     {"after", fit.after},   {"explained", fit.explained}};
}

}  // namespace

Json onsets_object(const std::string& metrics) {
  const Series series = read_series(metrics);
  Json object = Json::object(), reasons = Json::object();
  const auto add = [&](const char* name, const std::vector<double>& values, double smallest_change) {
    const Measured<OnsetFit> fit = fit_onset(series.steps, values, smallest_change);
    object[name] = fit.value ? fit_object(*fit.value) : Json(nullptr);
    if (!fit.value) reasons[name] = fit.reason;
    return fit.value;
  };
  add("loss_rep", series.loss_rep, kLossChange);
  const auto previous = add("previous_token", series.previous_token, kScoreChange);
  const bool composed = std::any_of(series.token_k_composition.begin(), series.token_k_composition.end(), [](double x) { return x == x; });
  const auto composition = composed ? add("token_k_composition", series.token_k_composition, kScoreChange) : std::nullopt;
  if (!composed) {
    object["token_k_composition"] = nullptr;
    reasons["token_k_composition"] = "the record has no token K-composition: it is not defined for this model (docs/probes.md)";
  }
  const auto induction = add("induction", series.induction, kScoreChange);
  const auto order = [&](const char* key, const char* first_name, const std::optional<OnsetFit>& first, const char* second_name,
                         const std::optional<OnsetFit>& second) {
    object[key] = first && second ? Json(order_of(first_name, *first, second_name, *second).sentence) : Json(nullptr);
    if (!first || !second) reasons[key] = std::string("an order needs the onsets of both ") + first_name + " and " + second_name;
  };
  order("order", "previous token", previous, "induction", induction);
  order("order_first_stage", "previous token", previous, "token K-composition", composition);
  order("order_second_stage", "token K-composition", composition, "induction", induction);
  if (!reasons.empty()) object["not_defined"] = reasons;
  return object;
}

}  // namespace induction
