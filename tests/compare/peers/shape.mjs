// The yardstick's sizes and rows, for both libraries: 2 layers, attention only, a learned position added to what queries and keys read.
export const kSizes = {
  S: { n_heads: 2, d_model: 32, d_vocab: 16, n_ctx: 32, batch: 32 },
  M: { n_heads: 4, d_model: 64, d_vocab: 64, n_ctx: 64, batch: 32 },
};

export const kLayers = 2;
export const kAdamw = { lr: 1e-3, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weight_decay: 0.01 };

/** Numbers below 1, the same in each run. */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export function normalNumbers(seed, n, deviation) {
  const next = randomNumbers(seed);
  return Float32Array.from({ length: n }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    return deviation * radius * Math.cos(2 * Math.PI * next());
  });
}

/** Repeated blocks: [tokens, targets], each batch × n_ctx. Some batches that are drawn before, since drawing is not what is measured. */
export function batches({ batch, n_ctx, d_vocab }, n) {
  const next = randomNumbers(7);
  const period = Math.floor(n_ctx / 3);
  return Array.from({ length: n }, () => {
    const [tokens, targets] = [new Int32Array(batch * n_ctx), new Int32Array(batch * n_ctx)];
    for (let b = 0; b < batch; b++) {
      const block = Array.from({ length: period }, () => Math.floor(next() * d_vocab));
      for (let t = 0; t < n_ctx; t++) {
        tokens[b * n_ctx + t] = block[t % period];
        targets[b * n_ctx + t] = block[(t + 1) % period];
      }
    }
    return [tokens, targets];
  });
}

/** Parameters by name: their shapes. */
export function shapes({ d_model: d, d_vocab, n_ctx }) {
  const layer = (l) => ({ [`qk${l}`]: [d, 2 * d], [`v${l}`]: [d, d], [`o${l}`]: [d, d] });
  return { embed: [d_vocab, d], positions: [n_ctx, d], ...layer(0), ...layer(1), unembed: [d, d_vocab] };
}

export function initialValues(size) {
  return Object.entries(shapes(size)).map(([name, shape], i) => {
    const n = shape.reduce((product, side) => product * side, 1);
    return [name, shape, normalNumbers(i + 1, n, size.d_model ** -0.5)];
  });
}
