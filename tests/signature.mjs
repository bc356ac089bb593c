// One run, one signature: every build that exists must give the golden one. Builds: debug, release (each instruction set,
// one and two threads), sanitizers, WebAssembly under Node. Chromium is asked by web/e2e.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const golden = readFileSync(new URL('tests/golden/signature.txt', root), 'utf8').trim();
const STEPS = 200;
let passed = 0;
let failed = 0;

function compare(build, signature) {
  const same = signature === golden;
  console.log(`${same ? 'ok' : 'not ok'} - ${build} gives ${signature}${same ? '' : `, but the golden signature is ${golden}`}`);
  if (same) passed += 1;
  else failed += 1;
}

function native(preset, ...options) {
  const binary = new URL(`build/${preset}/native/induction`, root).pathname;
  if (!existsSync(binary)) return compare(`${preset} (not built)`, 'nothing');
  const text = execFileSync(binary, ['train', '--preset', 'demo', '--steps', String(STEPS), ...options], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  compare([preset, ...options].join(' '), JSON.parse(text).signature);
}

/** Instruction sets of this processor that the binary knows. */
function instructionSets() {
  const flags = existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : '';
  return ['generic', ...(/\bavx2\b/.test(flags) ? ['avx2'] : []), ...(/\bavx512bw\b/.test(flags) && /\bavx512vl\b/.test(flags) ? ['avx512vl', 'avx512'] : [])];
}

for (const kernels of instructionSets()) native('release', '--kernels', kernels);
native('release', '--threads', '2');
native('release', '--threads', '3');
native('dev');
native('sanitize');

const dist = new URL('build/wasm/dist/', root);
const { loadCore } = await import(new URL('loader.mjs', dist));
const core = await loadCore({ wasmBinary: readFileSync(new URL('induction.wasm', dist)) });
const trainer = core.create({});
trainer.train(STEPS);
compare('WebAssembly under Node', trainer.signature());

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
