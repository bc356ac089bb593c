// What a training step costs, to choose an engine by.
import type { Trainer } from '@core/loader.mjs';

/**
 * Operations per training step from which on a graphics processor is worth its trouble. WebAssembly was measured at 19 to 22 GFLOP/s
 * (docs/performance.md: 3.5 ms at S, 26 ms at M), up to about 30 on a fast laptop: here it falls below some 60 steps a second, one for each
 * picture of the screen.
 */
export const kLarge = 0.4e9;

/**
 * Floating-point operations of one training step: 3 · 2 · batch · T · (L · (4 · D · A + A · T + 2 · D · M) + D · V), with A = n_heads · d_head,
 * M = d_mlp. Forward once, backward twice; four projections per layer, scores and weighted values over the unmasked half of T keys, the
 * MLP, the unembedding.
 */
export function operationsPerStep({ config, d_head }: Pick<Trainer, 'config' | 'd_head'>): number {
  const [batch, length, layers, d_model, d_vocab, heads] = [
    config.batch,
    config.n_ctx,
    config.n_layers,
    config.d_model,
    config.d_vocab,
    config.n_heads,
  ].map(Number);
  const wide = heads * d_head;
  const mlp = 2 * d_model * Number(config.d_mlp ?? 0);
  return 6 * batch * length * (layers * (4 * d_model * wide + wide * length + mlp) + d_model * d_vocab);
}
