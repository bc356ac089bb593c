// The training step in jax-js: one jitted function for loss, gradient and AdamW, which is how its documentation would have it.
import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { batches, initialValues, kAdamw, kLayers } from './shape.mjs';

/** Attention as its library function has it. Every use of an array but the last one is a `.ref`: jax-js counts who owns what. */
function attend(size, qk, v) {
  const { batch, n_ctx, n_heads, d_model } = size;
  const heads = [batch, n_ctx, n_heads, d_model / n_heads];
  const [q, k] = np.split(qk, 2, 2);
  const z = nn.dotProductAttention(q.reshape(heads), k.reshape(heads), v.reshape(heads), { isCausal: true });
  return z.reshape([batch, n_ctx, d_model]);
}

function lossOf(size) {
  return (p, tokens, targets) => {
    let x = np.matmul(tokens, p.embed);
    for (let l = 0; l < kLayers; l++) {
      const moved = x.ref.add(l + 1 < kLayers ? p.positions.ref : p.positions);
      const z = attend(size, np.matmul(moved, p[`qk${l}`]), np.matmul(x.ref, p[`v${l}`]));
      x = x.add(np.matmul(z, p[`o${l}`]));
    }
    const logits = np.matmul(x, p.unembed);
    return nn.logSoftmax(logits, -1).mul(targets).sum(-1).mean().mul(-1);
  };
}

/** (parameters, both moments, the rates of this step, rows) to the loss and what they become. */
function stepOf(size) {
  const { beta1, beta2, epsilon, lr, weight_decay } = kAdamw;
  const withGradient = valueAndGrad(lossOf(size));
  return jit((p, m, v, rates, tokens, targets) => {
    const [loss, g] = withGradient(tree.ref(p), tokens, targets);
    const names = Object.keys(p);
    const out = [{}, {}, {}];
    const [first, second] = np.split(rates, 2);
    for (const name of names) {
      const m1 = m[name].mul(beta1).add(g[name].ref.mul(1 - beta1));
      const v1 = v[name].mul(beta2).add(np.square(g[name]).mul(1 - beta2));
      const update = m1.ref.mul(first.ref).div(np.sqrt(v1.ref.mul(second.ref)).add(epsilon));
      out[0][name] = p[name].mul(1 - lr * weight_decay).sub(update.mul(lr));
      [out[1][name], out[2][name]] = [m1, v1];
    }
    first.dispose();
    second.dispose();
    return [loss, ...out];
  });
}

const oneHot = (tokens, { batch, n_ctx, d_vocab }) => {
  const values = new Float32Array(tokens.length * d_vocab);
  tokens.forEach((token, i) => {
    values[i * d_vocab + token] = 1;
  });
  return np.array(values).reshape([batch, n_ctx, d_vocab]);
};

export async function openJax(size, device) {
  if (!(await init(device)).includes(device)) throw new Error(`jax-js has no ${device} here`);
  defaultDevice(device);
  const rows = batches(size, 8).map((pair) => pair.map((tokens) => oneHot(tokens, size)));
  const make = (f) => Object.fromEntries(initialValues(size).map(([name, shape, values]) => [name, f(values).reshape(shape)]));
  let state = [make((values) => np.array(values)), make((values) => np.zeros([values.length])), make((values) => np.zeros([values.length]))];
  const parameters = initialValues(size).reduce((sum, [, , values]) => sum + values.length, 0);
  const step = stepOf(size);
  let t = 0;
  /** One step; its loss, not waited for. */
  const advance = () => {
    defaultDevice(device);
    const [tokens, targets] = rows[t++ % rows.length];
    const rates = np.array(new Float32Array([1 / (1 - kAdamw.beta1 ** t), 1 / (1 - kAdamw.beta2 ** t)]));
    const [loss, ...next] = step(...state, rates, tokens.ref, targets.ref);
    state = next;
    return loss;
  };
  return {
    parameters,
    advance,
    wait: async (loss) => {
      await blockUntilReady(state);
      return (await loss.data())[0];
    },
  };
}
