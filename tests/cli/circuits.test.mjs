// `induction probe --circuits`: what a trained and an untrained model show, what is not defined, what is refused.
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { assertRefused, induction, readJson, readLines, scratch, TINY, trainInto } from './support.mjs';

const folder = scratch();
// Learned positions and no norm, so that every weight probe is defined; the circuit forms by step 250.
const BARE = ['--positions', 'learned', '--n_heads', 2, '--d_vocab', 12, '--n_ctx', 24, '--period_min', 4, '--period_max', 10,
  '--batch', 16, '--beta2', 0.98, '--warmup_steps', 0];

function circuits(name, ...knobs) {
  const run = join(folder, name);
  const out = join(folder, `${name}.json`);
  trainInto(run, ...knobs);
  const { status, stdout, stderr } = induction('probe', '--model', run, '--circuits', out);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^circuits of \d+ heads written to /);
  return readJson(out);
}
const near = (a, b, tolerance) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not within ${tolerance} of ${b}`);
const mean = (values) => values.reduce((sum, x) => sum + x, 0) / values.length;

describe('a trained model of two layers', () => {
  const report = circuits('trained', ...BARE, '--steps', 400);
  const later = report.heads.filter((head) => head.layer === 1);

  test('has formed the circuit', () => assert.ok(report.held_out.loss_rep < 0.7 && report.held_out.icl < -1.5));

  test('shows it in its weights: later keys read the token before, and later heads copy', () => {
    for (const head of later) {
      assert.ok(head.token_k_composition_share > 0.9 && head.token_k_composition_margin > 1, JSON.stringify(head));
      assert.ok(head.copying_eigenvalue > 0.7 && head.copying_diagonal_margin > 1);
      assert.ok(head.copying_diagonal_share > 3 * report.chance.diagonal_share);
      assert.ok(head.pattern.induction > report.chance.pattern.induction + 0.3);
      assert.ok(head.olsson_prefix_matching > 0.4);
    }
    assert.ok(report.heads.some((head) => head.layer === 0 && head.recall_previous > 0.8));
    assert.ok(Math.max(...report.pairs.map((pair) => pair.recall_match)) > 0.9);
  });

  test('has no copying head in layer 0, where the token itself is no prediction', () =>
    report.heads.filter((head) => head.layer === 0).forEach((head) => assert.ok(head.copying_eigenvalue < 0)));

  test('is the sum of its paths: all of them lose what the model loses, without layer 1 nothing is known', () => {
    const { losses } = report.paths;
    assert.deepEqual(losses.map((entry) => entry.paths), ['direct', '+ layer 0', '+ layer 1', '+ virtual heads']);
    for (const key of ['loss', 'loss_new', 'loss_rep']) near(losses[3][key], report.held_out[key], 1e-5); // float logits
    assert.ok(losses[1].loss_rep > Math.log(12) - 0.1 && losses[2].loss_rep < 1);
    assert.equal(report.paths.right_logit.length, 1 + 4 + 4);
  });

  test('needs its layers: ablating either costs most of the gain, unless patterns are kept, which spares layer 0', () => {
    for (const { ablated } of report.layers) for (const kind of ['zero', 'mean', 'resample']) assert.ok(ablated[kind].loss_rep > report.held_out.loss_rep + 0.5, kind);
    assert.ok(report.layers[0].ablated.pattern_preserving.loss_rep < report.held_out.loss_rep + 0.5);
    for (const { ablated } of later) assert.deepEqual(ablated.zero, ablated.pattern_preserving); // nothing comes after it
  });

  test('has an onset between the first and the last probe, from its metrics', () => {
    const { loss_rep: fit } = report.onset;
    const steps = readLines(join(folder, 'trained', 'metrics.jsonl')).map((line) => line.step);
    assert.ok(fit.midpoint > steps[1] && fit.midpoint < steps.at(-1) && fit.before > fit.after + 1 && fit.explained > 0.9);
  });
});

test('with learned positions keys come to read the token before, and then the induction score rises', () => {
  const { onset } = circuits('stages', ...BARE, '--steps', 800);
  assert.ok(onset.token_k_composition.before < 0.4 && onset.token_k_composition.after > 0.9, JSON.stringify(onset));
  assert.match(onset.order_second_stage, /^token K-composition \(step \d+\) came before induction \(step \d+\)/);
  for (const record of readLines(join(folder, 'stages', 'metrics.jsonl')))
    for (const head of record.heads) {
      assert.equal(typeof head.token_k_composition, head.layer === 0 ? 'object' : 'number');
      assert.match(head.evidence, /^(nearest to a role: )?0\.\d\d of its attention goes to .*, 0\.\d\d by chance/);
    }
});

describe('an untrained model', () => {
  const report = circuits('untrained', ...BARE, '--n_heads', 8, '--d_model', 64, '--d_head', 8, '--lr', 0, '--steps', 1);
  const later = report.heads.filter((head) => head.layer === 1);

  test('stands at every baseline', () => {
    near(report.chance.composition, 0.125, 1e-12);
    for (const key of ['q_composition', 'k_composition', 'v_composition']) near(mean(report.pairs.map((pair) => pair[key])), 0.125, 0.01);
    // Eight heads, each 0 ± 1/√8 or so.
    near(mean(report.heads.map((head) => head.copying_eigenvalue)), 0, 0.3);
    // Twelve rows a head: 1/12 ± 0.08 each. Rows of one head are not independent, so three times the mean's error.
    near(mean(later.map((head) => head.token_k_composition_share)), 1 / 12, 0.09);
    for (const head of later) near(head.token_k_composition_margin, 0, 0.05);
    for (const head of report.heads) for (const [name, score] of Object.entries(head.pattern)) near(score, report.chance.pattern[name], name === 'entropy' ? 0.1 : 0.05);
  });

  test('has no onset, and says why', () => {
    assert.equal(report.onset.loss_rep, null);
    assert.equal(report.onset.not_defined.loss_rep, 'no onset: 1 points are too few, 8 are needed');
  });
});

test('what rotary positions hide is null with a sentence, and the rest is there', () => {
  const report = circuits('rotary', ...TINY, '--steps', 50);
  const [head] = report.heads.filter((entry) => entry.layer === 1);
  for (const key of ['token_k_composition_share', 'recall_previous']) {
    assert.equal(head[key], null);
    assert.match(head.not_defined[key], /^rotary positions turn queries and keys/);
  }
  assert.equal(report.onset.token_k_composition, null);
  assert.match(report.onset.not_defined.token_k_composition, /^the record has no token K-composition/);
  assert.deepEqual(Object.keys(report.pairs[0].not_defined), ['q_composition', 'k_composition', 'recall_match']);
  assert.equal(typeof head.copying_eigenvalue, 'number');
  assert.equal(typeof report.pairs[0].v_composition, 'number');
  near(report.paths.losses.at(-1).loss, report.held_out.loss, 1e-5);
});

test('what a norm hides is null with a sentence; patterns and ablations are there', () => {
  const report = circuits('norm', ...TINY, '--norm', 'layer', '--n_ctx', 8, '--period_max', 4, '--steps', 50);
  assert.equal(report.paths, null);
  assert.match(report.not_defined.paths, /^the norm \(layer\) divides each position/);
  for (const head of report.heads) {
    for (const key of ['copying_eigenvalue', 'copying_behaviour', 'copying_diagonal_share', 'recall_copy']) assert.equal(head[key], null, key);
    assert.equal(head.not_defined.olsson_prefix_matching, 'the context is too short for a block four times');
    assert.equal(typeof head.pattern.coherence, 'number');
    assert.ok(head.ablated.zero.loss > 0);
  }
});

test('a model file by itself has no onsets; with --out both files are written', () => {
  const model = join(folder, 'alone.safetensors');
  copyFileSync(join(folder, 'rotary', 'model.safetensors'), model);
  const { status } = induction('probe', '--model', model, '--circuits', join(folder, 'c.json'), '--out', join(folder, 'a.safetensors'));
  assert.equal(status, 0);
  assert.equal(readJson(join(folder, 'c.json')).not_defined.onset, 'a single file has no metrics.jsonl; give the folder of the run');
});

describe('refused', () => {
  const run = join(folder, 'rotary');
  const out = join(folder, 'x.json');
  test('with nowhere to write', () => assertRefused(['probe', '--model', run], /--out, --circuits, --patch or --llc is required/));
  test('token rows that --circuits would not read', () => assertRefused(['probe', '--model', run, '--circuits', out, '--tokens', 'x.json'], /--tokens needs --out/));
  test('gradients without a place for them', () => assertRefused(['probe', '--model', run, '--circuits', out, '--gradients'], /--gradients needs --out/));
  test('the model itself as output', () => assertRefused(['probe', '--model', run, '--circuits', join(run, 'model.safetensors')], /--circuits is .* which is the model itself/));
  test('a file that cannot be written', () => assertRefused(['probe', '--model', run, '--circuits', join(folder, 'no', 'x.json')], /cannot be written/));
});
