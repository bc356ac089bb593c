// The three sizes that implementations are measured at, as native/bench.cpp has them, and their arithmetic.
import type { Config } from '@core/loader.mjs';

const shared = { n_layers: 2, positions: 'shortformer', optimizer: 'adamw', lr: 1e-3 };

export const kSizes = {
  S: { ...shared, n_heads: 2, d_model: 32, d_vocab: 16, n_ctx: 32, batch: 32, period_min: 8, period_max: 16 },
  M: { ...shared, n_heads: 4, d_model: 64, d_vocab: 64, n_ctx: 64, batch: 32, period_min: 16, period_max: 32 },
  L: { ...shared, n_heads: 8, d_model: 256, d_vocab: 512, n_ctx: 256, batch: 16, period_min: 64, period_max: 128 },
};

/**
 * Arithmetic of one training step in GFLOP, from the shapes, as `induction bench` counts it: a multiplication and an addition per
 * term of every product, forward once and backward twice; the masked half of attention is not counted.
 */
export function gflopPerStep(config: Config, d_head: number): number {
  const [batch, n_ctx, layers, d, heads, vocabulary] = [
    config.batch,
    config.n_ctx,
    config.n_layers,
    config.d_model,
    config.n_heads,
    config.d_vocab,
  ].map(Number);
  const seen = (n_ctx + 1) / 2;
  const products = layers * 4 * d * heads * d_head + d * vocabulary;
  const attention = layers * heads * 2 * seen * d_head;
  return 3 * 2 * batch * n_ctx * (products + attention) * 1e-9;
}
