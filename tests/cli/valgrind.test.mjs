// Valgrind on the whole program: no read or write outside what is its own, nothing used before it is set, no memory lost.
// Of the instruction sets it knows all but AVX-512.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { binary, scratch, TINY } from './support.mjs';

const missing = spawnSync('valgrind', ['--version']).error ? 'valgrind is not installed' : false;
if (missing) console.log(`# not run: valgrind (${missing})`);
const FOUND = 99;
const folder = scratch();
const run = join(folder, 'run');
const at = (name) => join(folder, name);

/** Exit status of the program, or FOUND. */
function underValgrind(...args) {
  const flags = ['-q', `--error-exitcode=${FOUND}`, '--leak-check=full', '--errors-for-leak-kinds=definite,indirect'];
  const { status, stderr } = spawnSync('valgrind', [...flags, binary, ...args.map(String)], { encoding: 'utf8' });
  return { status, stderr };
}

const json = (name, value) => {
  writeFileSync(at(name), JSON.stringify(value));
  return at(name);
};

describe('valgrind finds nothing in', { skip: missing }, () => {
  const fine = (name, wanted, ...args) =>
    test(name, () => {
      const { status, stderr } = underValgrind(...args);
      assert.equal(status, wanted, stderr.slice(-3000));
    });
  const KNOBS = [...TINY, '--probe_every', '4'];
  fine('training with checkpoints on three threads', 0, 'train', ...KNOBS, '--steps', 12, '--out', run, '--checkpoint-every', 5, '--threads', 3, '--kernels', 'avx2');
  fine('training with everything switched on', 0, 'train', ...KNOBS, '--steps', 6, '--kernels', 'generic', '--norm', 'layer', '--d_mlp', 20, '--dropout', '0.1', '--attention_dropout', '0.1', '--smeared_keys', 'true', '--optimizer', 'muon', '--label_smoothing', '0.1', '--n_layers', 3);
  fine('training with interventions', 0, 'train', ...KNOBS, '--steps', 6, '--intervene', 'clamp 0.1 previous', '--intervene', 'patch 1.0 all 3-7-1-3');
  test('the folder of the first is there', () => assert.ok(existsSync(join(run, 'summary.json'))));
  fine('replay', 0, 'replay', run, '--step', 7);
  fine('going on', 0, 'train', '--resume', run, '--steps', 16);
  fine('probes and circuits', 0, 'probe', '--model', run, '--out', at('probe.safetensors'), '--circuits', at('circuits.json'));
  fine('patches between two prompts', 0, 'probe', '--model', run, '--patch', json('prompts.json', { clean: [1, 2, 3, 1, 2], corrupted: [1, 2, 3, 4, 2] }));
  fine('a sweep on all cores', 0, 'sweep', json('spec.json', { base: { n_heads: 1, d_model: 8, d_vocab: 4, n_ctx: 8, batch: 4, period_min: 2, period_max: 3, steps: 6, probe_every: 3 }, grid: { lr: [0.01, 0.02] }, seeds: 2 }), '--out', at('sweep'), '--quiet');
  fine('a refusal', 2, 'train', '--n_heads', 'many');
});
