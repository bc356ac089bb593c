// --numerics fast: fused multiply-add, said wherever the numbers go.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertRefused, induction, readJson, scratch, TINY, trainInto } from './support.mjs';

const RUN = [...TINY, '--steps', 60];
const flags = (() => {
  try {
    return /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))[1].split(' ');
  } catch {
    return [];
  }
})();
const fused = flags.includes('fma') && flags.includes('avx2');
const fast = (folder, ...args) => {
  trainInto(folder, ...RUN, '--numerics', 'fast', ...args);
  return readJson(join(folder, 'summary.json'));
};

test('a fast run learns like the exact one, has other bits, and says so', { skip: !fused && 'no fused multiply-add here' }, () => {
  const folder = scratch();
  trainInto(join(folder, 'exact'), ...RUN);
  const exact = readJson(join(folder, 'exact', 'summary.json'));
  const made = fast(join(folder, 'fast'));
  assert.equal(exact.numerics, undefined);
  assert.equal(made.numerics, 'fast');
  assert.notEqual(made.signature, exact.signature);
  // Sixty steps let rounding grow from 1e-7 to no more than this.
  assert.ok(Math.abs(made.final.loss - exact.final.loss) < 1e-3, `${made.final.loss} and ${exact.final.loss}`);
});

test('on one instruction set a fast run is the same with other threads', { skip: !fused && 'no fused multiply-add here' }, () => {
  const folder = scratch();
  const made = [1, 3].map((n) => fast(join(folder, String(n)), '--threads', n, '--kernels', 'avx2').signature);
  assert.equal(made[0], made[1]);
});

test('a fast run goes on as a fast one only, and its steps are not recomputed', { skip: !fused && 'no fused multiply-add here' }, () => {
  const folder = join(scratch(), 'run');
  fast(folder);
  assertRefused(['train', '--resume', folder, '--steps', 80], /was made with --numerics fast/);
  assertRefused(['replay', folder, '--step', 30], /was made with --numerics fast/);
  const result = induction('train', '--resume', folder, '--steps', 80, '--numerics', 'fast');
  assert.equal(result.status, 0, result.stderr);
  assert.equal(readJson(join(folder, 'summary.json')).numerics, 'fast');
});

test('an exact run does not go on as a fast one', { skip: !fused && 'no fused multiply-add here' }, () => {
  const folder = join(scratch(), 'run');
  trainInto(folder, ...RUN);
  assertRefused(['train', '--resume', folder, '--steps', 80, '--numerics', 'fast'], /was made with exact numbers/);
});

test('without fused multiply-add fast mode is exact mode, and says so once', () => {
  const run = ['train', ...RUN, '--kernels', 'generic'];
  const [exact, fell] = [induction(...run), induction(...run, '--numerics', 'fast')];
  assert.equal(fell.status, 0, fell.stderr);
  if (fell.stderr.includes('no fused multiply-add')) {
    assert.equal(fell.stderr.split('no fused multiply-add').length, 2);
    assert.equal(JSON.parse(fell.stdout).signature, JSON.parse(exact.stdout).signature);
  } else {
    assert.equal(JSON.parse(fell.stdout).numerics, 'fast');
  }
});

test('avx512vl has exact kernels only: fast mode with it has their signature, and says so', (t) => {
  const run = ['train', ...RUN, '--kernels', 'avx512vl'];
  const exact = induction(...run);
  if (exact.status === 2 && /this processor can run/.test(exact.stderr)) return t.skip('this processor has no avx512vl');
  const fell = induction(...run, '--numerics', 'fast');
  assert.match(fell.stderr, /--kernels avx512vl has no fused multiply-add, so --numerics fast is exact/);
  assert.equal(JSON.parse(fell.stdout).signature, JSON.parse(exact.stdout).signature);
});

test('another word than exact or fast is refused', () => {
  assertRefused(['train', ...RUN, '--numerics', 'quick'], /--numerics is 'quick'/, /exact or fast/);
});
