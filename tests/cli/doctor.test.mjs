// `induction doctor`: silent faults of a build or a machine become sentences.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { assertRefused, binary, root, scratch } from './support.mjs';

const golden = readFileSync(join(root, 'tests/golden/signature.txt'), 'utf8').trim();
function doctor(args = [], env = {}) {
  const { INDUCTION_KERNELS: _, ...rest } = process.env;
  const { status, stdout, stderr } = spawnSync(binary, ['doctor', ...args], { encoding: 'utf8', env: { ...rest, ...env } });
  return { status, stdout, stderr };
}
const byName = (stdout) => new Map(JSON.parse(stdout).checks.map((check) => [check.name, check]));

describe('on a sound build', () => {
  const { status, stdout } = doctor(['--json']);
  const checks = byName(stdout);
  test('everything is well', () => {
    assert.equal(status, 0, stdout);
    assert.equal(JSON.parse(stdout).sound, true);
    assert.ok([...checks.values()].every(({ state }) => state !== 'wrong'));
  });
  test('every instruction set and two threads give the golden signature', () => {
    const signatures = [...checks.values()].filter(({ name }) => name.startsWith('signature'));
    assert.deepEqual(signatures.map(({ sentence }) => sentence), signatures.map(() => golden));
    const names = signatures.map(({ name }) => name);
    assert.ok(names.includes('signature, generic') && names.includes('signature, two threads'), names.join());
    assert.equal(names.includes('signature, avx2'), /\bavx2\b/.test(readFileSync('/proc/cpuinfo', 'utf8')));
  });
  test('kernels, threads and memory are named', () => {
    assert.match(checks.get('kernels').sentence, /^(generic|avx2|avx512|avx512vl), the fastest/);
    assert.match(checks.get('threads').sentence, /^\d+ processors may be used/);
    assert.match(checks.get('memory').sentence, /^\d+ MiB available$/);
  });
});

test('a slower instruction set that was chosen is noted, as text too', () => {
  const { status, stdout } = doctor([], { INDUCTION_KERNELS: 'generic' });
  assert.equal(status, 0);
  assert.match(stdout, /^(ok {3}|note ) {2}kernels +generic, as INDUCTION_KERNELS says/m);
  assert.match(stdout, /All is well\.\n$/);
});

test('an instruction set that is not there is a fault', () => {
  const { status, stdout } = doctor(['--json'], { INDUCTION_KERNELS: 'sse9' });
  assert.equal(status, 1);
  assert.equal(byName(stdout).get('kernels').state, 'wrong');
  assert.match(byName(stdout).get('kernels').sentence, /'sse9', which this processor cannot run; unset it/);
});

// A library built with -ffast-math does just this to every program that loads it.
const folder = scratch();
const source = join(folder, 'flush.c');
const library = join(folder, 'flush.so');
writeFileSync(source, '#include <xmmintrin.h>\n#include <fenv.h>\n#include <stdlib.h>\n__attribute__((constructor)) void change(void) {\n  if (getenv("UPWARD")) fesetround(FE_UPWARD); else _mm_setcsr(_mm_getcsr() | 0x8040);\n}\n');
const compiled = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-lm']).status === 0;

describe('in a process whose arithmetic was changed', { skip: !compiled && 'needs cc on x86' }, () => {
  // The sanitizers want to be the first library that is loaded.
  const sanitized = spawnSync(binary, ['--version'], { env: { LD_PRELOAD: library }, encoding: 'utf8' }).status !== 0 && 'a sanitizer build';
  test('flushed subnormal numbers are a fault that is named', { skip: sanitized }, () => {
    const { status, stdout } = doctor(['--json'], { LD_PRELOAD: library });
    assert.equal(status, 1);
    assert.equal(byName(stdout).get('arithmetic, subnormal numbers').state, 'wrong');
    assert.match(byName(stdout).get('arithmetic, subnormal numbers').sentence, /-ffast-math/);
  });
  test('another rounding mode is a fault, and the signatures show it', { skip: sanitized }, () => {
    const { status, stdout } = doctor([], { LD_PRELOAD: library, UPWARD: '1' });
    assert.equal(status, 1);
    assert.match(stdout, /^wrong {2}arithmetic, rounding +is not to nearest/m);
    assert.match(stdout, new RegExp(`^wrong {2}signature, generic +gives [0-9a-f]{16}, but it must be ${golden}`, 'm'));
    assert.match(stdout, /\d+ of \d+ checks failed\n$/);
  });
});

test('an argument too many is refused', () => assertRefused(['doctor', 'please'], /'please' is not expected/));
