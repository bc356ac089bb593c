// `induction experiment`: a tiny one from end to end, what it writes, and what it refuses.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { BASE, rawLines } from './sweep_support.mjs';
import { assertRefused, induction, readJson, root, scratch } from './support.mjs';

// Thirty steps of a tiny model: no head gets anywhere, in either arm.
const SPEC = {
  name: 'tiny', title: 'Tiny', claim: 'Thirty steps make no induction head.', source: 'this test', watch: 'Nothing happens.',
  baseline: { name: 'two', knobs: BASE },
  arms: [{ name: 'one', knobs: { n_layers: 1 } }],
  measure: ['onset.induction', 'final.loss_rep'],
  verdict: { all: [{ arm: 'two', measure: 'onset.induction', is: 'never' }, { arm: 'one', measure: 'final.loss_rep', is: 'above', value: 0.1 }] },
};
const folder = scratch();
const file = (name, spec) => {
  writeFileSync(join(folder, name), JSON.stringify(spec));
  return join(folder, name);
};
const spec = file('tiny.json', SPEC);
const run = (...flags) => {
  const { status, stdout, stderr } = induction('experiment', spec, '--json', ...flags);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
};
const withoutSeconds = (text) => text.replace(/"(machine_)?seconds": ?[\d.e-]+/g, '');

describe('an experiment', () => {
  test('says reproduced by its rule with five seeds, and has every number of every run', () => {
    const report = run('--seeds', '5');
    assert.equal(report.verdict, 'reproduced');
    assert.match(report.evidence, /^onset\.induction of 'two' never comes in 5 of 5 seeds \(median none by 30\); final\.loss_rep of 'one' is above 0\.1 in 5 of 5 seeds \(median [\d.]+\)\.$/);
    assert.deepEqual(report.arms.map((arm) => [arm.name, arm.runs.map((one) => one.seed)]), [['two', [0, 1, 2, 3, 4]], ['one', [0, 1, 2, 3, 4]]]);
    for (const one of report.arms.flatMap((arm) => arm.runs)) {
      assert.match(one.signature, /^[0-9a-f]{16}$/);
      assert.equal(one.steps, 30);
      assert.equal(one.values['onset.induction'], null);
      assert.ok(one.values['final.loss_rep'] > 0.1);
    }
    const losses = report.arms[0].runs.map((one) => one.values['final.loss_rep']).sort((a, b) => a - b);
    const { q1, median, q3, count, never } = report.arms[0].summary['final.loss_rep'];
    assert.deepEqual([q1, median, q3, count, never], [losses[1], losses[2], losses[3], 5, 0]);
  });
  test('says unclear with two seeds', () => assert.equal(run('--seeds', '2').verdict, 'unclear'));
  test('says not reproduced where the rule fails', () => {
    const path = file('wrong.json', { ...SPEC, verdict: { arm: 'two', measure: 'onset.induction', is: 'happens' } });
    assert.equal(JSON.parse(induction('experiment', path, '--json').stdout).verdict, 'not reproduced');
  });
  test('keeps its runs as a sweep, and makes none of them twice', () => {
    const runs = join(scratch(), 'runs');
    const out = join(folder, 'report.json');
    run('--seeds', '2', '--runs', runs, '--out', out);
    const lines = rawLines(runs);
    assert.equal(lines.length, 4);
    run('--seeds', '3', '--runs', runs);
    assert.deepEqual(rawLines(runs).slice(0, 4), lines);
    assert.equal(rawLines(runs).length, 6);
    assert.equal(withoutSeconds(JSON.stringify(readJson(out))), withoutSeconds(JSON.stringify(run('--seeds', '2'))));
  });
  test('has arms with phases and interventions, whose Courses the report tells, with measures from a phase on and without heads', () => {
    const phases = [{ steps: 20, task: 'bigram' }, { steps: 10, interventions: ['clamp 0.1 previous'] }];
    const path = file('phases.json', {
      ...SPEC, theme: 'Tests', stop: ['ablations'],
      arms: [{ name: 'fine-tuned', knobs: { phases } }, { name: 'clamped', knobs: { interventions: ['clamp 0.0 previous'] } }],
      measure: ['last.t50', 'phase.2.before.loss', 'without.layer_1.rise'],
      verdict: { arm: 'fine-tuned', measure: 'phase.2.t50', is: 'never' },
    });
    const { status, stdout, stderr } = induction('experiment', path, '--json', '--seeds', '1');
    assert.equal(status, 0, stderr);
    const [base, tuned, clamped] = JSON.parse(stdout).arms;
    assert.deepEqual(tuned.course, { ...BASE, phases });
    assert.deepEqual(clamped.course, { ...BASE, interventions: ['clamp 0.0 previous'] });
    assert.equal(base.runs[0].values['phase.2.before.loss'], null);
    assert.ok(tuned.runs[0].values['phase.2.before.loss'] > 0);
    assert.equal(tuned.summary['last.t50'].never, 1);
    for (const arm of [base, tuned, clamped]) assert.notEqual(arm.runs[0].values['without.layer_1.rise'], null);
  });
  test('is shown and listed without a run', () => {
    const names = readdirSync(join(root, 'experiments')).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5)).sort();
    assert.deepEqual(JSON.parse(induction('experiment', '--list', '--json').stdout).map((one) => one.name), names);
    for (const name of names) assert.equal(induction('experiment', name, '--show').stdout, readFileSync(join(root, 'experiments', `${name}.json`), 'utf8'));
  });
  test('has its row in the table of docs/experiments.md', () => {
    const { status, stdout } = spawnSync(process.execPath, [join(root, 'experiments/table.mjs'), '--check'], { encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  });
});

describe('refusals', () => {
  test('an unknown experiment: near names, or all', () => {
    assertRefused(['experiment', 'depht'], /there is no experiment 'depht'; did you mean depth or depth_main\?/);
    assertRefused(['experiment', 'xyzzy'], /there is no experiment 'xyzzy'; there are .*depth/);
  });
  test('no name', () => assertRefused(['experiment'], /a NAME is needed/));
  test('no seeds', () => assertRefused(['experiment', spec, '--seeds', '0'], /--seeds is '0'; it must be .*1/));
  test('a place that cannot be written, before anything runs', () => {
    assertRefused(['experiment', spec, '--out', join(folder, 'none', 'a.json')], /--out is .*there is no folder/);
    assertRefused(['experiment', spec, '--out', folder], /which is a folder/);
    assert.ok(!existsSync(join(folder, 'none')));
  });
  test('phases and interventions that do not fit the model, by arm', () => {
    const arm = (knobs) => file('arm.json', { ...SPEC, arms: [{ name: 'odd', knobs }] });
    assertRefused(['experiment', arm({ interventions: ['ablate 5.0 zero'] })], /arm 'odd': .*ablate 5\.0 zero/);
    assertRefused(['experiment', arm({ phases: [{ steps: 5 }, { steps: 5, d_vocab: 9 }] })], /arm 'odd': phase 2: d_vocab is 9/);
    assertRefused(['experiment', arm({ phases: [] })], /arm 'odd': phases must be a list/);
  });
  test('a file that is no spec', () => {
    assertRefused(['experiment', join(folder, 'missing.json')], /missing\.json' cannot be read/);
    assertRefused(['experiment', file('bad.json', { ...SPEC, arms: [] })], /bad\.json': arms must be a list of at least one arm/);
    assertRefused(['experiment', file('late.json', { ...SPEC, stop: ['soon'] })], /stop is 'soon'; it must be after-onset/);
  });
});
