// `induction record`: a poster and a recording of a run, as an article's figure reads them.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { assertRefused, induction, root, scratch, summaryOf, TINY } from './support.mjs';

const RUN = [...TINY, '--steps', 120, '--probe_every', 20];
const folder = scratch();
const [out, poster] = ['run.irec', 'run.svg'].map((name) => join(folder, name));
const told = induction('record', ...RUN, '--out', out, '--poster', poster, '--json');
assert.equal(told.status, 0, told.stderr);

/** The parts of a recording, as native/recording.hpp says. */
function parts(path) {
  const bytes = readFileSync(path);
  const [version, text, maps, states, crc] = [4, 8, 12, 16, 20].map((at) => bytes.readUInt32LE(at));
  const covered = bytes.subarray(24, 24 + text + maps);
  return { magic: bytes.toString('latin1', 0, 4), version, maps, states, crc, covered, bytes, text: JSON.parse(covered.toString('utf8', 0, text)) };
}

describe('a recording', () => {
  const { magic, version, maps, states, crc, covered, bytes, text } = parts(out);
  test('has the sizes and the checksum that its head says', () => {
    assert.deepEqual([magic, version, bytes.length], ['IREC', 1, 24 + covered.length + states]);
    if (crc32) assert.equal(crc, crc32(covered));
    assert.equal(maps, text.frames.length * 2 * 2 * ((12 * 13) / 2));
    assert.equal(states, text.states.reduce((sum, state) => sum + state.bytes, 0));
  });
  test('ends with the state that the same run has, to the bit', () => {
    const { signature } = summaryOf(...RUN);
    assert.equal(JSON.parse(told.stdout).signature, signature);
    assert.deepEqual([text.frames.at(-1), text.states.at(-1)].map(({ step, signature: s }) => [step, s]), [[120, signature], [120, signature]]);
  });
  test('has the first step, evenly spaced checkpoints and a record per probe', () => {
    assert.equal(text.frames[0].step, 0);
    assert.deepEqual(text.states.map(({ step }) => step), [40, 80, 120]);
    assert.deepEqual(text.records.map(({ step }) => step), [0, 20, 40, 60, 80, 100, 120]);
  });
  test('has checkpoints from which training goes on', () => {
    const [first] = text.states;
    const at = 24 + covered.length;
    const path = join(folder, 'state.safetensors');
    writeFileSync(path, bytes.subarray(at, at + first.bytes));
    const result = induction('train', '--resume', path);
    assert.equal(result.status, 0, result.stderr);
    assert.equal(JSON.parse(result.stdout).signature, summaryOf(...RUN).signature);
  });
  test('has maps whose rows are shares of attention', () => {
    const rows = covered.subarray(covered.length - maps);
    for (let at = 0, q = 0; at < rows.length; at += q + 1, q = (q + 1) % 12) {
      const sum = rows.subarray(at, at + q + 1).reduce((a, b) => a + b, 0);
      assert.ok(Math.abs(sum - 255) <= 6, `row of ${q + 1}: ${sum}`);
    }
  });
});

test('recording again gives the same bytes, with any number of threads', () => {
  const again = ['again.irec', 'again.svg'].map((name) => join(folder, name));
  assert.equal(induction('record', ...RUN, '--threads', 2, '--out', again[0], '--poster', again[1]).status, 0);
  assert.ok(readFileSync(out).equals(readFileSync(again[0])));
  assert.equal(readFileSync(poster, 'utf8'), readFileSync(again[1], 'utf8'));
});

test('--frames and --checkpoints say how much is kept', () => {
  const path = join(folder, 'few.irec');
  assert.equal(induction('record', ...RUN, '--out', path, '--frames', 5, '--checkpoints', 0).status, 0);
  const { text, states } = parts(path);
  assert.deepEqual([text.frames.length, text.states.length, states], [5, 0, 0]);
  assert.deepEqual([text.frames[0].step, text.frames[4].step], [0, 120]);
});

describe('a poster', () => {
  const svg = readFileSync(poster, 'utf8');
  test('names every head and follows the reader’s colour scheme, without scripts or addresses', () => {
    for (const head of ['0.0', '0.1', '1.0', '1.1']) assert.match(svg, new RegExp(`>${head}<`));
    assert.match(svg, /<title>Where every head looks after 120 training steps<\/title>/);
    assert.match(svg, /prefers-color-scheme:dark/);
    assert.doesNotMatch(svg, /<script|href|url\(/);
  });
  test('has the page’s colours', () => {
    const palette = readFileSync(join(root, 'web/src/charts/palette.ts'), 'utf8');
    for (const name of ['kOnLight', 'kOnDark']) {
      const last = [...new RegExp(`${name}[^;]*`).exec(palette)[0].matchAll(/\[(\d+), (\d+), (\d+)\]/g)].at(-1).slice(1, 4);
      assert.ok(svg.includes(`rgb(${last.join(',')})`), `${name}: ${last}`);
    }
    const base = readFileSync(join(root, 'web/src/styles/base.css'), 'utf8');
    for (const [, head, colour] of base.matchAll(/--head-(\d): (#[0-9a-f]{6})/g)) assert.ok(svg.includes(`--h${head}:${colour}`), colour);
  });
  test('of a chosen theme asks nobody', () => {
    const path = join(folder, 'dark.svg');
    assert.equal(induction('record', ...RUN, '--poster', path, '--theme', 'dark').status, 0);
    assert.doesNotMatch(readFileSync(path, 'utf8'), /prefers-color-scheme/);
  });
});

describe('refused with a sentence, and nothing is written', () => {
  const no = join(folder, 'no.irec');
  const refused = (args, pattern) => {
    assertRefused(['record', ...RUN, ...args], pattern);
    assert.equal(existsSync(no), false);
  };
  test('no file to write', () => refused([], /--out or --poster is required/));
  test('one file for both', () => refused(['--out', no, '--poster', no], /must be two files/));
  test('a file that is there', () => refused(['--out', out], /run\.irec' already; give --force/));
  test('a folder', () => refused(['--out', folder], /which is a folder; it must be a file/));
  test('a folder that is not there', () => refused(['--out', join(folder, 'none', 'x.irec')], /there is no folder/));
  test('an unknown theme', () => refused(['--out', no, '--theme', 'blue'], /--theme is 'blue'; it must be auto, light or dark/));
  test('too few frames', () => refused(['--out', no, '--frames', 1], /--frames/));
  test('too many checkpoints', () => refused(['--out', no, '--checkpoints', 65], /--checkpoints/));
  test('more than a page takes', () => refused(['--out', no, '--d_model', 256, '--checkpoints', 64], /MiB, and a page takes 64 at most/));
  test('a preset that is none', () => refused(['--out', no, '--preset', 'demi'], /there is no preset 'demi'/));
});

test('--force replaces a file', () => assert.equal(induction('record', ...RUN, '--out', out, '--force').status, 0));
