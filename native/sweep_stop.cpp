#include "sweep_stop.hpp"

#include "refusal.hpp"

namespace induction {

void add_stop_rule(StopRules& rules, const std::string& word, const std::string& where) {
  if (const std::string wrong = read_stop_rule(rules, word, where); !wrong.empty()) refuse(wrong);
}

}  // namespace induction
