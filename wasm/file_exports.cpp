// Files from outside: what one is, and a session that begins from it. Nothing in a file is trusted.

#include <emscripten/emscripten.h>

#include <nlohmann/json.hpp>

#include "config_json.hpp"
#include "opened.hpp"
#include "session.hpp"

using namespace induction;

namespace {

using Json = nlohmann::ordered_json;

const char* hand_out_json(const Json& value) { return hand_out(value.dump(-1, ' ', false, Json::error_handler_t::replace)); }

std::string look(const uint8_t* bytes, int n, TensorFile& file, Opened& opened) {
  std::string wrong = read_tensors({bytes, static_cast<size_t>(n)}, file);
  return wrong.empty() ? look_at(file, opened) : wrong;
}

// The knobs that a file without our metadata leaves open, from whoever knows.
Problems answer_open(const char* json, Opened& opened) {
  if (opened.kind != FileKind::weights) return {};
  Config config = opened.inferred.config;
  const Problems found = config_from_json(json, config);
  if (found.empty()) opened.course = Course(config);
  return found;
}

}  // namespace

extern "C" {

/// Problems, or what a file is: kind, config in force, course, step, the data's name, and which knobs it leaves open.
EMSCRIPTEN_KEEPALIVE const char* ip_look(const uint8_t* bytes, int n) {
  TensorFile file;
  Opened opened;
  if (const std::string wrong = look(bytes, n, file, opened); !wrong.empty()) return hand_out(problems_json({{"", wrong}}));
  return hand_out_json({{"problems", Json::array()},
                        {"kind", file_kind_name(opened.kind)},
                        {"config", Json::parse(config_to_json(opened.course.at(opened.step).config))},
                        {"course", Json::parse(course_to_json(opened.course))},
                        {"step", opened.step},
                        {"data_name", opened.data_name},
                        {"asks", {{"positions", opened.open_positions()}, {"n_ctx", opened.asks_length()}, {"norm", opened.asks_norm()}}}});
}

/// A session that begins from the file, or null; then ip_answer has the problems. json: knobs that the file leaves open.
EMSCRIPTEN_KEEPALIVE Session* ip_open(const uint8_t* bytes, int n, const char* json) {
  TensorFile file;
  Opened opened;
  Problems found;
  if (const std::string wrong = look(bytes, n, file, opened); !wrong.empty()) found.push_back({"", wrong});
  if (found.empty()) found = answer_open(json, opened);
  if (found.empty()) found = refusals(opened.course);
  std::unique_ptr<Run> run = found.empty() ? Run::create(opened.course, 1, {}, default_kernels<float>(), given_corpus()) : nullptr;
  if (found.empty() && !run) found.push_back({"", "there is not enough memory for the model in this file"});
  if (run)
    if (const std::string wrong = open_into(file, opened, *run); !wrong.empty()) found.push_back({"", wrong});
  hand_out(problems_json(found));
  return found.empty() ? new_session(std::move(run)) : nullptr;
}

}  // extern "C"
