// `induction atlas`: the columns that a constructed sweep gives, and what is refused.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { BASE, newFolder, rawLines, results, SPEC, specFile, sweep } from './sweep_support.mjs';
import { assertRefused, induction, scratch } from './support.mjs';

// A stand-in for the built page: the command only copies it.
const dist = scratch();
mkdirSync(join(dist, 'atlas'));
writeFileSync(join(dist, 'atlas/index.html'), '<p>page</p>');

function atlasOf(...args) {
  const out = newFolder();
  const { status, stdout, stderr } = induction('atlas', ...args, '--out', out, '--page-dist', dist, '--json');
  assert.equal(status, 0, stderr);
  return { out, report: JSON.parse(stdout), data: readAtlas(out) };
}

/** The script as a browser reads it. */
function readAtlas(out) {
  const window = {};
  new Function('window', readFileSync(join(out, 'atlas.js'), 'utf8'))(window);
  return window.induction_atlas;
}

describe('an atlas', () => {
  const folder = newFolder();
  before(() => sweep(specFile(SPEC), folder));

  test('has each run once, with its knobs, results and signature', () => {
    const { out, data, report } = atlasOf(folder, folder);
    assert.deepEqual([report.runs, report.repeated, report.knobs], [12, 12, 3]);
    assert.deepEqual(readdirSync(out).sort(), ['atlas.js', 'index.html']);
    assert.equal(readFileSync(join(out, 'index.html'), 'utf8'), '<p>page</p>');
    assert.deepEqual(data.knobs.map(({ name, values }) => [name, values]), [['seed', [0, 1, 2]], ['n_layers', [1, 2]], ['lr', [0.01, 0.02]]]);
    const signatures = data.runs.signature.split(' ');
    results(folder).forEach((line, i) => {
      for (const { name, values } of data.knobs) assert.equal(values[data.places[name][i]], line.config[name]);
      assert.equal(signatures[i], line.signature);
      assert.ok(Math.abs(data.runs.loss_rep[i] - line.final.loss_rep) <= 0.0005, 'three decimals');
      assert.equal(data.runs.steps[i], 30);
    });
  });

  test('names every knob that its runs share and that is not a default', () => {
    assert.deepEqual(atlasOf(folder).data.base, { ...BASE });
  });

  test('keeps onsets and null, and has no losses of runs that diverged', () => {
    const made = newFolder();
    sweep(specFile(SPEC), made);
    const lines = rawLines(made).map((line) => JSON.parse(line)).sort((a, b) => (a.id < b.id ? -1 : 1));
    lines[0].onset = { previous_token: 10, induction: 20 };
    lines[1].status = 'diverged';
    lines[2].final.loss_rep = 1.23456;
    lines[2].heads[0].induction = 0.98765;
    writeFileSync(join(made, 'results.jsonl'), lines.slice(0, 11).map((line) => `${JSON.stringify(line)}\n`).join(''));
    const { runs } = atlasOf(made).data;
    assert.deepEqual([runs.onset_previous_token[0], runs.onset_induction[0], runs.status[0]], [10, 20, 0]);
    assert.deepEqual([runs.status[1], runs.loss_rep[1], runs.induction[1]], [2, null, null]);
    assert.deepEqual([runs.loss_rep[2], runs.induction[2], runs.onset_induction[2]], [1.235, 0.988, null]);
    assert.equal(runs.status.length, 11, 'a run that is missing is left out');
  });

  test('carries its title and the address of the playground, whatever is in them', () => {
    const title = '</script> "quoted" é';
    const { data } = atlasOf(folder, '--title', title, '--page', 'https://example.org/play/?x=1');
    assert.deepEqual([data.title, data.page], [title, 'https://example.org/play/?x=1']);
  });

  test('replaces an atlas with --force', () => {
    const { out } = atlasOf(folder);
    assertRefused(['atlas', folder, '--out', out, '--page-dist', dist], /is not empty; give a new one, or --force/);
    const again = induction('atlas', folder, '--out', out, '--page-dist', dist, '--title', 'New', '--force');
    assert.equal(again.status, 0, again.stderr);
    assert.equal(readAtlas(out).title, 'New');
  });

  test('refuses what it cannot make, in one sentence, and makes no folder', () => {
    const out = newFolder();
    const to = ['--out', out, '--page-dist', dist];
    assertRefused(['atlas', ...to], /the folders of sweeps are needed/);
    assertRefused(['atlas', folder, '--page-dist', dist], /--out is required/);
    assertRefused(['atlas', join(folder, 'none'), ...to], /there is no folder/);
    assertRefused(['atlas', scratch(), ...to], /is not a sweep: it has no spec\.json/);
    assertRefused(['atlas', folder, ...to, '--page', 'javascript:alert(1)'], /--page is 'javascript:alert\(1\)'; it must be/);
    assertRefused(['atlas', folder, ...to, '--page', '../#a'], /without a part after #/);
    assertRefused(['atlas', folder, '--out', out, '--page-dist', scratch()], /has no atlas\/index\.html/);
    const empty = newFolder();
    sweep(specFile(SPEC), empty, '--limit', 1);
    writeFileSync(join(empty, 'results.jsonl'), '');
    assertRefused(['atlas', empty, ...to], /has no finished run yet/);
    const same = newFolder();
    sweep(specFile({ base: BASE, seeds: 2 }), same);
    assertRefused(['atlas', same, ...to], /nothing but the seed varies in 2 run\(s\)/);
    assert.ok(!existsSync(out));
  });

  test('refuses a folder that is a file or cannot be written, and two signatures of one run', (t) => {
    const file = join(scratch(), 'file');
    writeFileSync(file, '');
    assertRefused(['atlas', folder, '--out', file, '--page-dist', dist], /which is a file; it must be a folder/);
    const changed = newFolder();
    sweep(specFile(SPEC), changed);
    const lines = rawLines(changed);
    const { id, signature } = JSON.parse(lines[0]);
    writeFileSync(join(changed, 'results.jsonl'), `${lines[0].replace(signature, 'ffffffffffffffff')}\n`);
    assertRefused(['atlas', folder, changed, '--out', newFolder(), '--page-dist', dist], new RegExp(`the run ${id} has the signature ${signature}`));
    if (process.getuid() === 0) return t.diagnostic('root may write everywhere');
    const locked = scratch();
    chmodSync(locked, 0o500);
    assertRefused(['atlas', folder, '--out', join(locked, 'a'), '--page-dist', dist], /cannot be made/);
  });
});
