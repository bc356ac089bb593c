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
  std::vector<double> steps, loss_rep, previous_token, induction;
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
  const auto induction = add("induction", series.induction, kScoreChange);
  object["order"] = previous && induction ? Json(order_of("previous token", *previous, "induction", *induction).sentence) : Json(nullptr);
  if (!previous || !induction) reasons["order"] = "an order needs both a previous-token and an induction onset";
  if (!reasons.empty()) object["not_defined"] = reasons;
  return object;
}

}  // namespace induction
