// `induction probe`, `schema` and `bench`: what comes out of them.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { assertRefused, induction, readTensors, scratch, TINY, trainInto } from './support.mjs';

const folder = scratch();
const run = join(folder, 'run');
trainInto(run, ...TINY, '--steps', 150);
const FULL = [[1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 1], [7, 0, 5, 7, 0, 5, 7, 0, 5, 7, 0, 5, 7], [6, 6, 6, 2, 1, 6, 6, 6, 2, 1, 6, 6, 6]];
const SHORT = [[3, 1, 2, 3, 1], [0, 4, 0, 4, 0]];

function probe(rows, ...args) {
  const out = join(folder, 'out.safetensors');
  const tokens = join(folder, 'tokens.json');
  if (rows) writeFileSync(tokens, JSON.stringify(rows));
  const result = induction('probe', '--model', run, '--out', out, ...(rows ? ['--tokens', tokens] : []), ...args);
  assert.equal(result.status, 0, result.stderr);
  return readTensors(out);
}

const mean = (values) => values.reduce((sum, x) => sum + x, 0) / values.length;

/** Cross-entropy of each target, from logits, in double. */
function lossFromLogits(logits, rows) {
  const [n, length, width] = logits.shape;
  const losses = [];
  for (let b = 0; b < n; b += 1)
    for (let t = 0; t < Math.min(length, rows[b].length - 1); t += 1) {
      const x = Array.from(logits.values.subarray((b * length + t) * width, (b * length + t + 1) * width));
      const highest = Math.max(...x);
      losses.push(highest + Math.log(x.reduce((sum, value) => sum + Math.exp(value - highest), 0)) - x[rows[b][t + 1]]);
    }
  return losses;
}

describe('activations', () => {
  const { metadata, tensors } = probe(FULL);

  test('have TransformerLens names and shapes', () => {
    const shapes = {
      'blocks.0.hook_resid_pre': [3, 12, 16], 'blocks.0.attn.hook_q': [3, 12, 2, 8], 'blocks.0.attn.hook_k': [3, 12, 2, 8],
      'blocks.0.attn.hook_v': [3, 12, 2, 8], 'blocks.0.attn.hook_rot_q': [3, 12, 2, 8], 'blocks.1.attn.hook_attn_scores': [3, 2, 12, 12],
      'blocks.1.attn.hook_pattern': [3, 2, 12, 12], 'blocks.1.attn.hook_z': [3, 12, 2, 8], 'blocks.1.hook_attn_out': [3, 12, 16],
      'blocks.1.hook_resid_post': [3, 12, 16], logits: [3, 12, 8], loss: [3, 12], tokens: [3, 12],
    };
    for (const [name, shape] of Object.entries(shapes)) assert.deepEqual(tensors[name]?.shape, shape, name);
    assert.ok(Object.keys(tensors).every((name) => !name.startsWith('grad')));
    assert.equal(metadata.step, '150');
    assert.equal(JSON.parse(metadata.config).d_model, 16);
  });

  test('patterns are causal and their rows sum to 1; masked scores are −inf', () => {
    const { values } = tensors['blocks.1.attn.hook_pattern'];
    const scores = tensors['blocks.1.attn.hook_attn_scores'].values;
    for (let row = 0; row < values.length / 12; row += 1) {
      const line = values.subarray(row * 12, row * 12 + 12);
      assert.ok(Math.abs(mean(line) * 12 - 1) < 1e-5);
      for (let k = (row % 12) + 1; k < 12; k += 1) assert.ok(line[k] === 0 && scores[row * 12 + k] === -Infinity);
    }
  });

  test('loss is what the logits say', () => {
    const wanted = lossFromLogits(tensors.logits, FULL);
    assert.equal(wanted.length, tensors.loss.values.length);
    wanted.forEach((loss, i) => assert.ok(Math.abs(loss - tensors.loss.values[i]) < 1e-5));
  });
});

test('rows shorter than the context have a loss wherever there is a next token', () => {
  const { tensors } = probe(SHORT);
  assert.deepEqual(tensors.logits.shape, [2, 5, 8]);
  assert.deepEqual(tensors.loss.shape, [2, 4]);
  lossFromLogits(tensors.logits, SHORT).forEach((loss, i) => assert.ok(Math.abs(loss - tensors.loss.values[i]) < 1e-5));
});

test('a row looks the same alone, with others and cut short, as attention is causal', () => {
  const { tensors: all } = probe(FULL);
  const { tensors: cut } = probe([FULL[1].slice(0, 5)]);
  const width = 8;
  for (let i = 0; i < 5 * width; i += 1) assert.ok(Math.abs(cut.logits.values[i] - all.logits.values[12 * width + i]) < 1e-5);
});

test('without --tokens four held-out rows are shown, or as many as asked for', () => {
  const { tokens } = probe(null).tensors;
  assert.deepEqual(tokens.shape, [4, 12]);
  const { tokens: more } = probe(null, '--rows', 32).tensors;
  assert.deepEqual(more.shape, [32, 12]);
  assert.deepEqual(more.values.subarray(0, 48), tokens.values);
  for (const rows of ['0', '1025', 'all']) assertRefused(['probe', '--model', run, '--out', join(folder, 'no'), '--rows', rows], /--rows is/, /from 1 to 1024/);
});

describe('gradients', () => {
  const names = ['embed.W_E', 'blocks.0.attn.W_Q', 'blocks.0.attn.W_V', 'blocks.1.attn.W_K', 'blocks.1.attn.W_O', 'unembed.W_U'];

  test('exist for parameters and activations, with their shapes', () => {
    const { tensors } = probe(FULL, '--gradients');
    for (const name of [...names, 'blocks.0.attn.hook_pattern', 'blocks.1.hook_resid_post', 'logits'])
      assert.deepEqual(tensors[`grad.${name}`]?.shape, tensors[name].shape, name);
  });

  // Float losses: a step of 1e-2 leaves a relative error of about one in a hundred, enough to tell a right gradient from a wrong one.
  for (const [kind, rows] of [['full rows', FULL], ['short rows', SHORT]])
    test(`agree with central differences of the mean loss on ${kind}`, () => {
      const { tensors } = probe(rows, '--gradients');
      const model = join(run, 'model.safetensors');
      const bytes = readFileSync(model);
      const places = readTensors(model).tensors;
      for (const name of names) {
        const gradient = tensors[`grad.${name}`].values;
        const entry = gradient.reduce((best, x, i) => (Math.abs(x) > Math.abs(gradient[best]) ? i : best), 0);
        const lossAt = (shift) => {
          const changed = Buffer.from(bytes);
          changed.writeFloatLE(places[name].values[entry] + shift, places[name].at + 4 * entry);
          const path = join(folder, 'shifted.safetensors');
          writeFileSync(path, changed);
          return mean(Array.from(probe(rows, '--model', path).tensors.loss.values));
        };
        const difference = (lossAt(1e-2) - lossAt(-1e-2)) / 2e-2;
        assert.ok(Math.abs(difference - gradient[entry]) < 0.02 * Math.abs(gradient[entry]) + 1e-4, `${name}: ${difference} against ${gradient[entry]}`);
      }
    });
});

test('schema is JSON with every knob and preset', () => {
  const { status, stdout } = induction('schema');
  assert.equal(status, 0);
  const { knobs, presets } = JSON.parse(stdout);
  const list = readFileSync(new URL('../../core/config.def', import.meta.url), 'utf8');
  const names = [...list.matchAll(/^KNOB_\w+ *\(\w+, (\w+),/gm)].map(([, name]) => name);
  assert.ok(names.length > 30 && names.includes('seed') && names.includes('task'));
  assert.deepEqual(knobs.map((knob) => knob.name), names);
  assert.deepEqual(presets.map((preset) => preset.name), ['demo', 'main', 'fast', 'smeared']);
});

test('help lists every knob with its unit and default', () => {
  const { status, stdout } = induction('train', '--help');
  assert.equal(status, 0);
  for (const { name } of JSON.parse(induction('schema').stdout).knobs) assert.match(stdout, new RegExp(`^ +--${name} `, 'm'));
  assert.match(stdout, /default 0\.01; 0 to 1000; live/);
});

test('--version tells the version', () => assert.match(induction('--version').stdout, /^induction \d+\.\d+\.\d+\n$/));

describe('bench', () => {
  for (const [size, gflop] of [['S', 0.07], ['M', 0.55]])
    test(`of size ${size} counts its arithmetic and reports times`, () => {
      const result = JSON.parse(induction('bench', '--size', size, '--steps', 5, '--kernels', 'generic').stdout);
      assert.deepEqual(Object.keys(result), ['size', 'threads', 'kernels', 'numerics', 'steps', 'ms_per_step', 'ms_p10', 'ms_p90', 'tokens_per_second', 'gflops', 'gflop_per_step', 'peak_gflops', 'share_of_peak', 'by_kernel']);
      assert.deepEqual([result.size, result.threads, result.kernels, result.steps], [size, 1, 'generic', 5]);
      assert.ok(Math.abs(result.gflop_per_step - gflop) < 0.05 * gflop + 0.005);
      assert.ok(result.ms_p10 <= result.ms_per_step && result.ms_per_step <= result.ms_p90);
      assert.ok(Math.abs(result.gflops - result.gflop_per_step / (result.ms_per_step * 1e-3)) < 1e-6 * result.gflops);
      assert.ok(Math.abs(result.share_of_peak - result.gflops / result.peak_gflops) < 1e-6 * result.share_of_peak);
    });
  for (const size of ['S', 'M'])
    test(`of size ${size} says what each kernel takes, and the operations of its products are those of the whole step`, () => {
      const { by_kernel: kernels, gflop_per_step: all } = JSON.parse(induction('bench', '--size', size, '--steps', 10).stdout);
      assert.deepEqual(['contract', 'attention', 'attention_backward', 'adamw'].filter((name) => !kernels.some(({ kernel }) => kernel === name)), []);
      assert.ok(Math.abs(kernels.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9);
      const counted = kernels.reduce((sum, { gflops, ms }) => sum + (gflops ?? 0) * ms * 1e-3, 0);
      // Counted by each Step's shape, and from the configuration's.
      assert.ok(Math.abs(counted - all) < 0.001 * all, `${counted} and ${all}`);
    });
  test('of a preset', () => assert.equal(JSON.parse(induction('bench', '--preset', 'demo', '--steps', 2).stdout).size, 'demo'));
});

test('--json says what was written, and where', () => {
  const [out, circuits] = [join(folder, 'told.safetensors'), join(folder, 'told.json')];
  const { status, stdout, stderr } = induction('probe', '--model', run, '--out', out, '--circuits', circuits, '--rows', 3, '--json');
  assert.equal(status, 0, stderr);
  const tensors = Object.keys(readTensors(out).tensors).length;
  assert.deepEqual(JSON.parse(stdout), { out, tensors, rows: 3, circuits, heads: 4 });
});
