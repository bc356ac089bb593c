// What follows from a Config: the sizes it leaves open, and the Configs that others see of it.

#include <algorithm>

#include "config_rules.hpp"

namespace induction {

int64_t token_count(const Config& config) {
  return config.d_vocab + (config.start_token ? 1 : 0) + (config.objective == kind::objective::masked ? 1 : 0);
}

Config for_task(const Config& config) {
  Config task = config;
  if (task.start_token) --task.n_ctx;
  task.start_token = false;
  if (!random_tokens(config)) return task;
  if (config.tokens_first < config.d_vocab) task.tokens_first = 0;
  if (config.tokens_used >= 2 && config.tokens_used <= config.d_vocab) task.d_vocab = config.tokens_used, task.tokens_used = 0;
  return task;
}

bool random_tokens(const Config& c) { return copies(c) || c.task == kind::task::bigram || c.task == kind::task::skewed; }

bool own_data(const Config& config) { return config.task == kind::task::tokens || config.task == kind::task::text; }

// The objective and its weights stay: only a training Program asks for weights, rows have targets as the objective says, and the mask
// token is one of the tokens.
Config for_evaluation(const Config& config) {
  const Config plain;
  Config asked = config;
  asked.loss_kind = plain.loss_kind, asked.label_smoothing = plain.label_smoothing;
  asked.dropout = asked.attention_dropout = 0;
  asked.frozen_embedding = asked.frozen_unembedding = asked.frozen_norm = asked.frozen_mlp = false;
  asked.frozen_q = asked.frozen_k = asked.frozen_v = asked.frozen_o = false;
  return asked;
}

int64_t head_width(const Config& config) {
  if (config.d_head != 0) return config.d_head;
  const int64_t width = config.d_model / std::max<int64_t>(1, config.n_heads);
  if (config.positions == kind::positions::rotary) return std::max<int64_t>(2, width / 2 * 2);
  return std::max<int64_t>(2, width);
}

}  // namespace induction
