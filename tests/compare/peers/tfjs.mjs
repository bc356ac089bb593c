// The training step in TensorFlow.js: optimizer.minimize inside tf.tidy, which is how its documentation would have it. It has Adam but no
// AdamW, so weights do not decay, and its einsum has no gradient, so products are matMul: both make it faster than the same step would be.
import { batches, initialValues, kAdamw, kLayers } from './shape.mjs';

const { tf } = globalThis;

/** [batch · n_ctx, d_model] to [batch, n_heads, n_ctx, d_head]. */
const heads = (x, { batch, n_ctx, n_heads, d_model }) =>
  tf.transpose(tf.reshape(x, [batch, n_ctx, n_heads, d_model / n_heads]), [0, 2, 1, 3]);

function attend(size, qk, v, mask) {
  const [q, k] = tf.split(qk, 2, -1).map((part) => heads(part, size));
  const scores = tf.mul(tf.matMul(q, k, false, true), (size.d_model / size.n_heads) ** -0.5);
  const z = tf.matMul(tf.softmax(tf.add(scores, mask)), heads(v, size));
  return tf.reshape(tf.transpose(z, [0, 2, 1, 3]), [-1, size.d_model]);
}

function logitsOf(size, p, tokens, mask) {
  const { batch, n_ctx, d_model } = size;
  let x = tf.matMul(tokens, p.embed);
  for (let l = 0; l < kLayers; l++) {
    const moved = tf.reshape(tf.add(tf.reshape(x, [batch, n_ctx, d_model]), p.positions), [-1, d_model]);
    const z = attend(size, tf.matMul(moved, p[`qk${l}`]), tf.matMul(x, p[`v${l}`]), mask);
    x = tf.add(x, tf.matMul(z, p[`o${l}`]));
  }
  return tf.matMul(x, p.unembed);
}

/** `folder`: where the .wasm files of its backend lie. */
export async function openTf(size, backend, folder) {
  if (backend === 'wasm') tf.wasm.setWasmPaths(folder);
  if (!(await tf.setBackend(backend))) throw new Error(`TF.js has no ${backend} here`);
  await tf.ready();
  const { n_ctx, d_vocab } = size;
  const oneHot = (tokens) => tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(tokens, 'int32'), d_vocab), 'float32'));
  const rows = batches(size, 8).map((pair) => pair.map(oneHot));
  const p = Object.fromEntries(
    initialValues(size).map(([name, shape, values]) => [name, tf.variable(tf.tensor(values, shape))]),
  );
  const mask = tf.tensor2d(
    Float32Array.from({ length: n_ctx * n_ctx }, (_, i) => (i % n_ctx > Math.floor(i / n_ctx) ? -1e9 : 0)),
    [n_ctx, n_ctx],
  );
  const adam = tf.train.adam(kAdamw.lr, kAdamw.beta1, kAdamw.beta2, kAdamw.epsilon);
  let t = 0;
  const advance = () => {
    const [tokens, targets] = rows[t++ % rows.length];
    return adam.minimize(() => tf.losses.softmaxCrossEntropy(targets, logitsOf(size, p, tokens, mask)), true);
  };
  return {
    parameters: Object.values(p).reduce((sum, { size: n }) => sum + n, 0),
    advance,
    wait: async (loss) => {
      const value = (await loss.data())[0];
      loss.dispose();
      return value;
    },
  };
}
