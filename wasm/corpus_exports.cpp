// A reader's own data for the tasks `tokens` and `text`: bytes in, vocabulary out.

#include <emscripten/emscripten.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "config_json.hpp"
#include "session.hpp"

using namespace induction;

namespace {

std::shared_ptr<const Corpus> given;  // what the next sessions of such a task read

// The Config of a JSON, and the largest vocabulary: d_vocab where the JSON says it, else the usual one.
Problems read_config(const char* json, Config& config, int64_t& most) {
  Config other;
  other.d_vocab = config.d_vocab + 1;
  Problems found = config_from_json(json, config);
  if (found.empty()) found = config_from_json(json, other);
  most = config.d_vocab == other.d_vocab ? config.d_vocab : kUsualVocabulary;
  return found;
}

}  // namespace

std::shared_ptr<const Corpus> induction::given_corpus() { return given; }

extern "C" {

/// Keeps the bytes as data, read as a Config's task and vocabulary say. Gives problems (then nothing is kept), or labels, d_vocab
/// (the least that the data needs), the number of tokens, and a hash.
EMSCRIPTEN_KEEPALIVE const char* ip_corpus(const uint8_t* bytes, int n, const char* json, const char* name) {
  Config config;
  int64_t most = 0;
  if (const Problems found = read_config(json, config, most); !found.empty()) return hand_out(problems_json(found));
  auto corpus = std::make_shared<Corpus>();
  corpus->name = std::string(name).substr(0, 200);
  if (const std::string wrong = read_corpus({bytes, static_cast<size_t>(n)}, config, most, *corpus); !wrong.empty())
    return hand_out(problems_json({{"", wrong}}));
  const nlohmann::ordered_json facts = {{"problems", nlohmann::ordered_json::array()},
                                        {"labels", corpus->labels},
                                        {"d_vocab", std::max<size_t>(2, corpus->labels.size())},
                                        {"tokens", corpus->tokens()},
                                        {"hash", corpus->hash}};
  given = std::move(corpus);
  return hand_out(facts.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

}  // extern "C"
