// Bad input of sweeps: exit status 2, one sentence, and what was finished is kept.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { BASE, newFolder, rawLines, results, SPEC, specFile, sweep } from './sweep_support.mjs';
import { assertRefused, binary, induction, scratch, withoutRights } from './support.mjs';

describe('a spec', () => {
  const cases = [
    ['that is not JSON', '{"base": ', /not valid JSON/],
    ['that is nested deeply', '['.repeat(5000) + ']'.repeat(5000), /nested too deeply/],
    ['that is a number', '3', /must be an object with base, grid/],
    ['that is empty', '{}', /is empty; it needs base/],
    ['that is an empty list', '[]', /is an empty list/],
    ['with an unknown part', { gird: {} }, /no part 'gird'/, /base, grid, list, random, seeds, stop and data/],
    ['with an unknown knob in the base', { base: { n_layer: 1 } }, /base: there is no knob 'n_layer'; did you mean n_layers\?/],
    ['with an unknown knob in the grid', { grid: { lrr: [1] } }, /grid\.lrr\[0\]: there is no knob 'lrr'; did you mean lr\?/],
    ['with an unknown knob in the list', { list: [{}, { sed: 1 }] }, /list\[1\]: there is no knob 'sed'; did you mean seed\?/],
    ['with an unknown knob to draw', { random: { foo: { choice: [1] }, runs: 2 } }, /random\.foo: there is no knob 'foo'/],
    ['with an unknown preset', { base: { preset: 'dmeo' } }, /base: there is no preset "dmeo"/],
    ['with text for a number', { grid: { lr: [0.1, '0.2'] } }, /grid\.lr\[1\]: lr is "0\.2"; it must be a number/],
    ['with a number for a boolean', { base: { smeared_keys: 1 } }, /base: smeared_keys is "1"; it must be true or false/],
    ['with a value out of range', { grid: { n_layers: [1, 9] } }, /grid\.n_layers\[1\]: n_layers is '9'; it must be a whole number from 1 to 4/],
    ['with one value in place of a list', { grid: { lr: 0.1 } }, /grid\.lr must be a list of values/],
    ['with an empty grid', { grid: {} }, /grid must be an object of knobs and lists/],
    ['with a knob that has no values', { grid: { lr: [] } }, /grid\.lr must be a list of values that is not empty/],
    ['with an empty list', { list: [] }, /list must be a list of objects of knobs that is not empty/],
    ['with no seeds', { seeds: [] }, /seeds must be a list that is not empty/],
    ['with zero seeds', { seeds: 0 }, /seeds is 0; it must be a whole number from 1/],
    ['with a negative seed', { seeds: [-1] }, /seeds: seed is '-1'/],
    ['with draws without a count', { random: { lr: { uniform: [0, 1] } } }, /random needs "runs"/],
    ['with a count without draws', { random: { runs: 3 } }, /random needs a knob to draw/],
    ['with an unknown law', { random: { lr: { normal: [0, 1] }, runs: 3 } }, /random\.lr: it must be \{"uniform"/],
    ['with bounds the wrong way round', { random: { lr: { uniform: [1, 0.5] }, runs: 3 } }, /the first bound must be below the second/],
    ['with one bound', { random: { lr: { uniform: [1] }, runs: 3 } }, /the bounds must be \[a, b\]/],
    ['with a logarithm of zero', { random: { lr: { log_uniform: [0, 0.5] }, runs: 3 } }, /log_uniform needs bounds above 0/],
    ['with bounds of words', { random: { positions: { uniform: ['none', 'alibi'] }, runs: 3 } }, /positions has no order/],
    ['with bounds out of range', { random: { d_model: { uniform: [8, 300] }, runs: 3 } }, /random\.d_model: d_model is '300'/],
    ['with a knob in two places', { grid: { lr: [0.1] }, list: [{ lr: 0.2 }] }, /lr is in two of list, grid, random and seeds/],
    ['with seeds in two places', { grid: { seed: [1] }, seeds: 2 }, /seed is in two of/],
    ['with an unknown stop rule', { base: BASE, stop: 'never' }, /stop is 'never'; it must be after-onset/],
    ['with a stop rule that counts no steps', { base: BASE, stop: 'after-onset:x' }, /stop after-onset is 'x'; it must be a whole number/],
    ['with a point that is not possible, named', { base: BASE, grid: { period_max: [5, 12] }, seeds: 2 }, /point 3 of 4 \(period_max 12, seed 0\): period_max is 12; a block must be shorter/],
    ['of a list, with a point that is not possible', [{ base: BASE }, { base: { ...BASE, period_max: 12 } }], /\[1\]: point 1 of 1: period_max is 12/],
  ];
  for (const [what, spec, ...patterns] of cases)
    test(what, () => {
      const out = newFolder();
      assertRefused(['sweep', specFile(spec), '--out', out], /spec\.json'/, ...patterns);
      assert.ok(!existsSync(out), 'nothing is made');
    });
  test('that is not there', () => assertRefused(['sweep', '/nowhere/spec.json', '--out', newFolder()], /'\/nowhere\/spec\.json' cannot be read/));
  test('that needs more memory than there is', () => {
    const huge = { batch: 1024, n_ctx: 256, n_heads: 16, n_layers: 4, d_vocab: 4096, d_model: 256 };
    assertRefused(['sweep', specFile({ base: huge }), '--out', newFolder()], /needs about \d+\.\d GiB/);
  });
});

describe('many points', () => {
  const million = { base: BASE, grid: { lr: Array.from({ length: 1000 }, (_, i) => i + 1) }, seeds: 1000 };
  test('a million need --yes', () => assertRefused(['sweep', specFile(million), '--out', newFolder()], /has 1000000 points; more than 10000 are run with --yes only/));
  test('ten thousand do not, one more does', () => {
    const dry = (seeds) => induction('sweep', specFile({ base: BASE, seeds }), '--dry-run', '--quiet').status;
    assert.deepEqual([dry(10000), dry(10001)], [0, 2]);
    assert.equal(induction('sweep', specFile({ base: BASE, seeds: 10001 }), '--dry-run', '--yes').status, 0);
  });
  test('more than can be counted are refused even so', () => {
    const grid = Object.fromEntries(['lr', 'weight_decay', 'grad_clip', 'init_scale'].map((knob) => [knob, Array.from({ length: 100 }, (_, i) => i / 10)]));
    assertRefused(['sweep', specFile({ grid, random: { beta1: { uniform: [0, 0.5] }, runs: 1e6 }, seeds: 1e6 }), '--out', newFolder(), '--yes'], /has more than 10\^19 points/);
  });
});

describe('flags', () => {
  const spec = specFile(SPEC);
  const cases = [
    ['no spec', ['sweep'], /a SPEC is needed/],
    ['no --out', ['sweep', spec], /--out is required/],
    ['a shard above the last', ['sweep', spec, '--out', 'x', '--shard', '4/4'], /--shard is '4\/4'; it must be i\/n with i from 0 to n - 1/],
    ['a shard of nothing', ['sweep', spec, '--out', 'x', '--shard', '0/0'], /--shard is '0\/0'/],
    ['a shard without a number', ['sweep', spec, '--out', 'x', '--shard', 'a/2'], /--shard is 'a\/2'/],
    ['a shard of one number', ['sweep', spec, '--out', 'x', '--shard', '1'], /--shard is '1'/],
    ['no jobs', ['sweep', spec, '--out', 'x', '--jobs', '0'], /--jobs is '0'; it must be a whole number from 1/],
    ['a limit of nothing', ['sweep', spec, '--out', 'x', '--limit', '0'], /--limit is '0'/],
    ['an unknown stop rule', ['sweep', spec, '--out', 'x', '--stop', 'soon'], /--stop is 'soon'; it must be after-onset, after-onset:STEPS, diverged or ablations/],
    ['a summary and a spec', ['sweep', spec, '--summary', 'x'], /--summary takes the folder of a sweep alone/],
    ['merge without folders', ['merge', '--out', 'x'], /the folders to merge are needed/],
    ['merge without --out', ['merge', 'x'], /--out is required/],
  ];
  for (const [what, args, ...patterns] of cases) test(what, () => assertRefused(args, ...patterns));
});

describe('a folder', () => {
  const foreign = scratch();
  writeFileSync(join(foreign, 'notes.txt'), '');
  const file = join(scratch(), 'file');
  writeFileSync(file, '');

  test('that holds something else', () => {
    assertRefused(['sweep', specFile(SPEC), '--out', foreign], /is not a sweep: it holds 'notes\.txt'/);
    assert.deepEqual(readdirSync(foreign), ['notes.txt']);
  });
  test('that is a file', () => assertRefused(['sweep', specFile(SPEC), '--out', file], /which is a file; it must be a folder/));
  test('that cannot be made', () => assertRefused(['sweep', specFile(SPEC), '--out', '/proc/sweep'], /'\/proc\/sweep' cannot be made/));
  test('that is not there, for --summary and merge', () => {
    assertRefused(['sweep', '--summary', '/nowhere'], /there is no folder '\/nowhere'/);
    assertRefused(['merge', '/nowhere', '--out', newFolder()], /there is no folder '\/nowhere'/);
  });
  test('that is no sweep, for --summary and merge', () => {
    assertRefused(['sweep', '--summary', foreign], /is not a sweep: it has no spec\.json/);
    assertRefused(['merge', foreign, '--out', newFolder()], /is not a sweep: it has no spec\.json/);
  });
  test('that holds a sweep of other runs', () => {
    const out = newFolder();
    sweep(specFile(SPEC), out);
    assertRefused(['sweep', specFile({ ...SPEC, seeds: 2 }), '--out', out], /holds another sweep: 4 of its 12 runs are not in this one/);
    assertRefused(['sweep', specFile(SPEC), '--out', out, '--stop', 'diverged'], /12 of its 12 runs are not in this one/);
    assert.equal(results(out).length, 12);
  });
  test('that is read-only', (t) => {
    const out = newFolder();
    sweep(specFile(SPEC), out, '--limit', 3);
    const spec = specFile(SPEC);
    chmodSync(dirname(spec), 0o755);
    const run = withoutRights(out, 'sweep', spec, '--out', out);
    if (!run) return t.skip('root, and no setpriv');
    const { status, stderr } = run;
    assert.equal(status, 2);
    assert.match(stderr, /^induction: the folder '[^']+' cannot be written: Permission denied\n$/);
    assert.equal(rawLines(out).length, 3);
  });
});

describe('a corrupt line', () => {
  const cases = [
    ['that is not JSON', () => 'garbage', /it is not valid JSON/],
    ['that is not an object', () => '[1]', /it is not an object/],
    ['without an id', (line) => JSON.stringify({ ...line, id: 'x' }), /it has no id/],
    ['whose config was changed', (line) => JSON.stringify({ ...line, config: { ...line.config, lr: 0.5 } }), /its id is not that of its config/],
    ['whose config is none', (line) => JSON.stringify({ ...line, config: { lrr: 1 } }), /its config is not one/],
    ['with another status', (line) => JSON.stringify({ ...line, status: 'fine' }), /its status is not finished/],
    ['without heads', ({ heads, ...line }) => JSON.stringify(line), /it has no heads/],
    ['of zeros', () => '\0'.repeat(100), /it is not valid JSON/],
    ['that is endless', () => 'x'.repeat(3 << 20), /longer than any result/],
  ];
  const spec = specFile(SPEC);
  for (const [what, change, pattern] of cases)
    test(`${what} is named with its number, and nothing is changed`, () => {
      const out = newFolder();
      sweep(spec, out, '--limit', 4);
      const lines = rawLines(out);
      lines[2] = change(JSON.parse(lines[2]));
      writeFileSync(join(out, 'results.jsonl'), `${lines.join('\n')}\n`);
      for (const args of [['sweep', spec, '--out', out], ['sweep', '--summary', out], ['merge', out, '--out', newFolder()]])
        assertRefused(args, /results\.jsonl', line 3 /, pattern, /delete that line, and the run is made again/);
      assert.deepEqual(rawLines(out), lines);
      lines.splice(2, 1);
      writeFileSync(join(out, 'results.jsonl'), `${lines.join('\n')}\n`);
      assert.equal(sweep(spec, out).made, 9, 'after that it is made again');
    });
});

test('one run with two signatures: merge names both, and makes nothing', () => {
  const [a, b] = [newFolder(), newFolder()];
  for (const out of [a, b]) sweep(specFile({ base: BASE, seeds: 2 }), out);
  const lines = rawLines(b);
  const { id, signature } = JSON.parse(lines[1]);
  lines[1] = lines[1].replace(signature, 'ffffffffffffffff');
  writeFileSync(join(b, 'results.jsonl'), `${lines.join('\n')}\n`);
  const out = newFolder();
  assertRefused(['merge', a, b, '--out', out], new RegExp(`the run ${id} has the signature ${signature} in '${a}' and ffffffffffffffff in '${b}'`));
  assert.ok(!existsSync(out));
});

test('a folder whose spec.json was broken: merge names it', () => {
  const [a, b] = [newFolder(), newFolder()];
  for (const out of [a, b]) sweep(specFile({ base: BASE }), out);
  for (const broken of ['{"base"', '['.repeat(100000) + ']'.repeat(100000)]) {
    writeFileSync(join(b, 'spec.json'), broken);
    assertRefused(['merge', a, b, '--out', newFolder()], new RegExp(`'${b}/spec\\.json' is n`));
  }
});

describe('a full disk', () => {
  // `ulimit -f` counts blocks of 1024 bytes in bash: a file that may not grow, as on a full disk.
  const limited = (blocks, ...args) => spawnSync('bash', ['-c', `ulimit -f ${blocks}; exec "$@"`, 'bash', binary, ...args.map(String)], { encoding: 'utf8' });

  test('ends the sweep with a sentence, keeps whole lines only, and the same command goes on', () => {
    const out = newFolder();
    const spec = specFile(SPEC);
    const { status, stderr } = limited(8, 'sweep', spec, '--out', out, '--quiet');
    assert.equal(status, 2, stderr);
    const kept = rawLines(out);
    assert.ok(kept.length > 0 && kept.length < 12);
    assert.match(stderr, new RegExp(`^induction: '${out}/results\\.jsonl' cannot be written: File too large; ${kept.length} of 12 runs are kept, and the same command goes on\n$`));
    assert.equal(sweep(spec, out).made, 12 - kept.length);
    assert.deepEqual(rawLines(out).slice(0, kept.length), kept);
  });
  test('while the summary is written leaves the results and no half file', () => {
    const out = newFolder();
    const spec = specFile(SPEC);
    sweep(spec, out);
    const before = readdirSync(out).sort();
    const { status, stderr } = limited(4, 'sweep', '--summary', out);
    assert.equal(status, 2);
    assert.match(stderr, /^induction: '[^']+(summary\.csv|sweep\.sqlite)' cannot be written: [^\n]+\n$/);
    assert.deepEqual(readdirSync(out).sort(), before);
    assert.equal(results(out).length, 12);
  });
  test('that is one indeed (a small tmpfs)', (t) => {
    const disk = join(scratch(), 'disk');
    mkdirSync(disk);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]).status !== 0) return t.skip('no right to mount');
    try {
      const many = specFile({ ...SPEC, seeds: 60 });
      assertRefused(['sweep', many, '--out', join(disk, 'sweep'), '--quiet'], /cannot be written: No space left on device; \d+ of 240 runs are kept/);
      assert.ok(rawLines(join(disk, 'sweep')).every((line) => JSON.parse(line).status === 'finished'));
    } finally {
      spawnSync('umount', [disk]);
    }
  });
});
