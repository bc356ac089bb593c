// Weights from elsewhere: `induction import` and `train --from`. tests/interop does the same with PyTorch's own files.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { assertRefused, FILES, induction, readJson, readTensors, scratch, summaryOf, tensorBytes, TINY, trainInto } from './support.mjs';

const folder = scratch();
const VARIANTS = {
  rotary: ['--positions', 'rotary', '--n_ctx', '12', '--norm', 'none'],
  learned: ['--positions', 'learned', '--norm', 'none'],
  shortformer: ['--positions', 'shortformer', '--norm', 'layer'],
  alibi: ['--positions', 'alibi', '--n_ctx', '12', '--norm', 'rms', '--smeared_keys', 'true', '--tied_embedding', 'true', '--n_layers', '1', '--d_head', '5'],
};
const TASK = ['--period_min', '3', '--period_max', '5', '--batch', '8'];
/** Flags that a foreign file of the variant leaves open. */
const OPEN = {
  rotary: VARIANTS.rotary, learned: VARIANTS.learned, shortformer: ['--positions', 'shortformer'], alibi: ['--positions', 'alibi', '--n_ctx', '12'],
};
let made = 0;

/** A foreign file from tensors {name: {shape, values}}: no metadata, as other programs write it. */
function writeForeign(tensors) {
  const header = {};
  const parts = [];
  let at = 0;
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    const bytes = Buffer.from(Float32Array.from(values).buffer);
    header[name] = { dtype: 'F32', shape, data_offsets: [at, at + bytes.length] };
    parts.push(bytes);
    at += bytes.length;
  }
  made += 1;
  const path = join(folder, `foreign${made}.safetensors`);
  writeFileSync(path, tensorBytes(header, Buffer.concat(parts)));
  return path;
}

const tensorsOf = (name) => readTensors(join(folder, name, 'model.safetensors')).tensors;
const edited = (name, edit) => {
  const tensors = tensorsOf(name);
  edit(tensors);
  return writeForeign(tensors);
};
for (const [name, knobs] of Object.entries(VARIANTS)) trainInto(join(folder, name), ...TINY, ...knobs, '--steps', 40);

for (const [name, knobs] of Object.entries(VARIANTS))
  test(`${name}: a file without our metadata gives the same model, sizes found from its tensors`, () => {
    const out = join(folder, `${name}-imported`);
    const result = induction('import', edited(name, () => {}), '--out', out, ...OPEN[name], ...TASK);
    assert.equal(result.status, 0, result.stderr);
    assert.match(result.stdout, /^signature [0-9a-f]{16} at step 0, written to /);
    assert.deepEqual(readdirSync(out).sort(), ['checkpoint.safetensors', 'checkpoints', ...FILES.slice(1)]);
    const [ours, theirs] = [tensorsOf(name), tensorsOf(`${name}-imported`)];
    assert.deepEqual(Object.keys(theirs), Object.keys(ours));
    for (const key of Object.keys(ours)) assert.deepEqual(theirs[key].values, ours[key].values, key);
    assert.deepEqual(readJson(join(out, 'summary.json')).final, readJson(join(folder, name, 'summary.json')).final, `${knobs.join(' ')}: same measurements`);
    const probes = [join(folder, name), out].map((model) => {
      const path = join(folder, 'probe.safetensors');
      assert.equal(induction('probe', '--model', model, '--out', path).status, 0);
      return readTensors(path).tensors;
    });
    assert.deepEqual(probes[1].logits.values, probes[0].logits.values);
  });

test('biases that are all 0, as TransformerLens writes them, are accepted', () => {
  const path = edited('learned', (t) => {
    t['blocks.0.attn.b_Q'] = { shape: [2, 8], values: Array(16).fill(0) };
    t['blocks.1.attn.b_O'] = { shape: [16], values: Array(16).fill(0) };
    t['unembed.b_U'] = { shape: [8], values: Array(8).fill(0) };
  });
  assert.equal(induction('import', path, '--out', join(folder, 'biased'), ...OPEN.learned, ...TASK).status, 0);
});

describe('train --from', () => {
  test("our own model: its knobs, its weights, a new run's state", () => {
    const out = join(folder, 'goes-on');
    trainInto(out, '--from', join(folder, 'rotary'), '--steps', 20);
    const { steps, ...config } = readJson(join(out, 'config.json'));
    const { steps: _, ...wanted } = readJson(join(folder, 'rotary', 'config.json'));
    assert.deepEqual([steps, config], [20, wanted]);
    const start = readTensors(join(out, 'checkpoints', 'step-000000000.safetensors'));
    assert.deepEqual(start.tensors['blocks.1.attn.W_V'].values, tensorsOf('rotary')['blocks.1.attn.W_V'].values);
    assert.ok(start.tensors['optimizer.m.embed.W_E'].values.every((x) => x === 0));
    assert.notEqual(readJson(join(out, 'summary.json')).signature, summaryOf(...TINY, '--steps', 20).signature);
  });
  test('a foreign file and our own with the same weights train to the same bits', () => {
    const [own, foreign] = [join(folder, 'rotary', 'model.safetensors'), edited('rotary', () => {})];
    const knobs = [...OPEN.rotary, ...TASK, '--steps', 30];
    assert.equal(summaryOf('--from', foreign, ...knobs).signature, summaryOf('--from', own, ...knobs).signature);
  });
  test('together with --resume is refused', () =>
    assertRefused(['train', '--from', join(folder, 'rotary'), '--resume', join(folder, 'rotary')], /only one of them/));
});

describe('what a file leaves open must be said', () => {
  test('positions, with a table', () => assertRefused(['import', edited('learned', () => {}), '--out', join(folder, 'no'), '--norm', 'none'], /W_pos is used; give --positions learned or --positions shortformer/));
  test('positions, without one', () => assertRefused(['import', edited('rotary', () => {}), '--out', join(folder, 'no')], /give --positions rotary, alibi, sinusoidal or none/));
  test('n_ctx', () => assertRefused(['import', edited('rotary', () => {}), '--out', join(folder, 'no'), '--positions', 'rotary'], /give --n_ctx/));
  test('norm', () => assertRefused(['import', edited('learned', () => {}), '--out', join(folder, 'no'), '--positions', 'learned'], /--norm none/));
  test('or stand in --config', () => {
    const config = join(folder, 'config.json');
    writeFileSync(config, JSON.stringify({ positions: 'rotary', n_ctx: 12, norm: 'none', period_min: 3, period_max: 5 }));
    assert.equal(induction('import', edited('rotary', () => {}), '--out', join(folder, 'by-config'), '--config', config).status, 0);
  });
});

describe('import refuses', () => {
  const W_Q = 'blocks.0.attn.W_Q';
  const zeros = (...shape) => ({ shape, values: Array(shape.reduce((a, b) => a * b, 1)).fill(0) });
  const cases = [
    ['a file without an embedding', (t) => delete t['embed.W_E'], /has no tensor 'embed\.W_E'/],
    ['a file without attention', (t) => delete t[W_Q], /has no tensor 'blocks\.0\.attn\.W_Q'/],
    ['a missing tensor', (t) => delete t['blocks.1.attn.W_O'], /has no tensor 'blocks\.1\.attn\.W_O'/],
    ['heads of one layer joined into one matrix', (t) => (t[W_Q].shape = [16, 16]), /W_Q' has shape \[16, 16\]; it must have 3 axes/],
    ['a transposed matrix', (t) => t['blocks.1.attn.W_V'].shape.reverse(), /blocks\.1\.attn\.W_V' has shape \[8, 16, 2\]; it must be \[2, 16, 8\]/],
    ['layers of different sizes', (t) => (t['blocks.1.attn.W_K'] = zeros(3, 16, 8)), /has shape \[3, 16, 8\]; it must be \[2, 16, 8\]/],
    ['half of an MLP', (t) => (t['blocks.0.mlp.W_in'] = zeros(16, 64)), /the file has no tensor 'blocks\.0\.mlp\.b_in'/],
    ['a layer with a gap before it', (t) => (t['blocks.3.attn.W_Q'] = zeros(2, 16, 8)), /'blocks\.3\.attn\.W_Q' that this model has no place for/],
    ['a bias that is not 0', (t) => (t['blocks.0.attn.b_V'] = { shape: [2], values: [0, 0.5] }), /b_V' is not all 0, and this model has no biases/],
    ['a NaN', (t) => (t[W_Q].values[3] = Number.NaN), /W_Q' holds a number that is not finite/],
    ['an infinity', (t) => (t['unembed.W_U'].values[0] = Number.POSITIVE_INFINITY), /W_U' holds a number that is not finite/],
    ['more heads than there may be', (t) => (t[W_Q] = zeros(17, 16, 8)), /n_heads is 17/],
    ['too narrow a stream', (t) => (t['embed.W_E'] = zeros(8, 4)), /d_model is 4/],
    ['a size of 0', (t) => (t['embed.W_E'] = zeros(0, 16)), /d_vocab is 0/],
  ];
  cases.forEach(([what, edit, ...patterns], i) => {
    test(what, () => {
      const path = edited('learned', edit);
      const out = join(folder, `refused${i}`);
      assertRefused(['import', path, '--out', out, ...OPEN.learned, ...TASK], ...patterns);
      assert.ok(!existsSync(out), 'no folder is made');
      assertRefused(['train', '--from', path, '--out', out, ...OPEN.learned, ...TASK], ...patterns);
      assert.ok(!existsSync(out));
    });
  });
  test('a table of positions that the flags have no use for', () =>
    assertRefused(['import', edited('learned', () => {}), '--out', join(folder, 'no'), '--positions', 'rotary', '--norm', 'none', ...TASK], /'pos_embed\.W_pos' that this model has no place for/));
  test('flags that contradict the tensors', () =>
    assertRefused(['import', edited('learned', () => {}), '--out', join(folder, 'no'), ...OPEN.learned, ...TASK, '--n_heads', 4, '--d_head', 8], /has shape \[2, 16, 8\]; it must be \[4, 16, 8\]/));
  test('a table of positions without axes', () =>
    assertRefused(['import', edited('learned', (t) => (t['pos_embed.W_pos'] = { shape: [], values: [1] })), '--out', join(folder, 'no'), ...OPEN.learned, '--n_ctx', 12, ...TASK], /W_pos' has shape \[\]/));
  test('a file that is not there', () => assertRefused(['import', join(folder, 'none'), '--out', join(folder, 'no')], /none' cannot be read/));
  test('a file that is no safetensors', () => {
    const path = join(folder, 'text');
    writeFileSync(path, 'weights');
    assertRefused(['import', path, '--out', join(folder, 'no')], /too short/);
  });
  test('to replace a run unasked', () => {
    const before = readFileSync(join(folder, 'rotary', 'checkpoint.safetensors'));
    assertRefused(['import', edited('rotary', () => {}), '--out', join(folder, 'rotary'), ...OPEN.rotary, ...TASK], /holds a run already/);
    assert.ok(before.equals(readFileSync(join(folder, 'rotary', 'checkpoint.safetensors'))));
  });
});
