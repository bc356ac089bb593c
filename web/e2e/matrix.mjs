// The configurations that every WebGPU implementation is compared on, and what the comparison must give: Chromium, Firefox, Node.
import assert from 'node:assert/strict';

/** Without a warm-up the optimiser's first changes are large enough to be seen. */
export const small = {
  n_layers: 2,
  n_heads: 3,
  d_model: 21,
  d_vocab: 11,
  n_ctx: 13,
  batch: 11,
  period_min: 2,
  period_max: 5,
  warmup_steps: 0,
};

/** Together they run every kernel, with odd sizes and a batch that is no multiple of the chunks. */
const configs = {
  'rotary, no norm, adamw': { positions: 'rotary', norm: 'none', optimizer: 'adamw' },
  'rotary, smeared, rms, adam, clipped': {
    positions: 'rotary',
    smeared_keys: true,
    norm: 'rms',
    optimizer: 'adam',
    grad_clip: 0.1,
  },
  'learned, layer norm, tied, sgd': { positions: 'learned', norm: 'layer', tied_embedding: true, optimizer: 'sgd' },
  'sinusoidal, rms, tied, adamw': { positions: 'sinusoidal', norm: 'rms', tied_embedding: true, optimizer: 'adamw' },
  'shortformer, no norm, adamw': { positions: 'shortformer', norm: 'none', optimizer: 'adamw' },
  'shortformer, smeared, layer norm, tied, adam': {
    positions: 'shortformer',
    smeared_keys: true,
    norm: 'layer',
    tied_embedding: true,
    optimizer: 'adam',
  },
  'alibi, rms, adamw, one head': { positions: 'alibi', norm: 'rms', n_heads: 1, optimizer: 'adamw' },
  'alibi, smeared, sgd, clipped': { positions: 'alibi', smeared_keys: true, optimizer: 'sgd', grad_clip: 0.05 },
  'no positions, layer norm, one layer, batch of one': { positions: 'none', norm: 'layer', n_layers: 1, batch: 1 },
  'no positions, d_head 1, smeared': { positions: 'none', d_head: 1, smeared_keys: true },
  'rows longer than a workgroup': { positions: 'learned', norm: 'rms', n_ctx: 70, batch: 3, d_model: 40, d_head: 17 },
  'shortformer, layer norm, smoothed Brier scores with weights, muon': {
    positions: 'shortformer',
    norm: 'layer',
    loss_kind: 'brier',
    label_smoothing: 0.1,
    inducible_weight: 2,
    optimizer: 'muon',
    momentum: 0.95,
    batch: 3,
  },
  'inducible positions only, smoothed, lion': {
    objective: 'inducible',
    label_smoothing: 0.1,
    optimizer: 'lion',
    batch: 3,
  },
  'fixed periods': { task: 'repeat_fixed', positions: 'rotary', norm: 'none' },
  'a Markov chain': { task: 'bigram', positions: 'learned', norm: 'rms' },
  'a task that only the processor draws': { task: 'segment', segment_length: 3, positions: 'learned', norm: 'rms' },
  // Every loop over blocks goes round more than once and ends with a rest: tiles of 32, 64 columns, 256 rows of a chunk.
  'several blocks of everything, and a rest': {
    positions: 'learned',
    norm: 'layer',
    smeared_keys: true,
    n_layers: 1,
    n_heads: 1,
    n_ctx: 130,
    batch: 9,
    d_model: 66,
    d_head: 33,
    d_vocab: 33,
  },
  'narrower than the lanes': { norm: 'rms', n_ctx: 8, batch: 2, d_model: 8, d_head: 3, d_vocab: 2, positions: 'alibi' },
  'whole tiles': { positions: 'shortformer', n_layers: 1, n_heads: 1, d_model: 64, d_head: 64, n_ctx: 32, batch: 3 },
  'interventions of every kind, first and second layer': {
    positions: 'learned',
    n_heads: 4,
    d_head: 5,
    n_layers: 3,
    interventions: [
      'clamp 0.1 match',
      'clamp 0.2 previous',
      'ablate 0.0 zero',
      'ablate 1.1 mean',
      'ablate 2.3 resample',
      'path 0.1 k 1.2 0',
      'patch 0.3 all 1-2-3-4',
      'patch 2.1 2 1-2-3-4',
      'path 0.2 v 2.1 -0.5',
    ],
  },
  // What two heads of a layer attend to goes to the logits, in pieces and from a given match.
  'two given copies, a start token': {
    start_token: true,
    interventions: ['copy 1.0 3', 'copy 1.1 -2', 'clamp 1.1 match', 'copy 0.0 1.5'],
  },
  // Two streams from the second layer on; weights that both of them read.
  'two heads ablated with their patterns kept': {
    norm: 'layer',
    d_mlp: 7,
    n_heads: 3,
    d_head: 4,
    n_layers: 3,
    interventions: ['ablate 0.1 pattern_preserving', 'ablate 1.2 pattern_preserving'],
  },
  // What training records only for an option: the MLP, dropout, the unfused attention, frozen parameters.
  'an MLP, dropout everywhere, frozen queries': {
    positions: 'learned',
    norm: 'layer',
    d_mlp: 19,
    dropout: 0.3,
    attention_dropout: 0.2,
    frozen_q: true,
  },
  'relative biases, no causal mask': {
    positions: 't5',
    bidirectional: true,
    objective: 'query',
    norm: 'rms',
    d_mlp: 5,
    n_layers: 1,
  },
  'relative biases in a long context': { positions: 't5', n_ctx: 40, n_layers: 1, batch: 5 },
  'the default': { batch: 32, n_ctx: 32, d_model: 32, n_heads: 4, d_vocab: 16, period_min: 4, period_max: 16 },
};

/** name -> complete configuration. */
export const matrix = Object.fromEntries(
  Object.entries(configs).map(([name, config]) => [name, { ...small, ...config }]),
);

/** What patches between two prompts are compared on: fused attention and in pieces, a norm, an MLP, something held. */
export const patchMatrix = Object.fromEntries(
  Object.entries({
    'learned, no norm': { positions: 'learned' },
    'relative biases, layer norm, an MLP': { positions: 't5', norm: 'layer', d_mlp: 7 },
    'rotary, a head clamped, another ablated': {
      positions: 'rotary',
      d_head: 6,
      interventions: ['clamp 0.1 previous', 'ablate 1.0 resample', 'ablate 0.2 pattern_preserving'],
    },
  }).map(([name, config]) => [name, { ...small, lr: 0.01, ...config }]),
);

/** A PatchComparison (web/src/compare_patches.ts): a share is a quotient of differences, so its tolerance is wider than a kernel's. */
export function checkPatches({ problem, patches, apart, most }, { n_layers, n_heads, n_ctx }) {
  assert.equal(problem, undefined);
  assert.equal(patches, (n_layers * n_heads + n_layers + 1) * n_ctx);
  assert.ok(most >= 1, `the largest share is ${most}`);
  assert.ok(apart <= 1e-4 * most, `shares differ by ${apart} of ${most}`);
}

/** A ParityResult (web/src/gpu/parity.ts) within its tolerances. */
export function checkParity({ problem, over, kernels, losses, loss_tolerance }) {
  assert.equal(problem, undefined);
  assert.deepEqual(over, [], `kernels over tolerance: ${JSON.stringify(kernels)}`);
  const { cpu, gpu } = losses;
  assert.equal(gpu.length, cpu.length);
  cpu.forEach((loss, i) => {
    assert.ok(
      Math.abs(gpu[i] - loss) <= loss_tolerance * Math.abs(loss),
      `the loss of step ${i}: ${loss} and ${gpu[i]}`,
    );
  });
}
