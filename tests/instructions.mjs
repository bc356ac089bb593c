// How many instructions each kernel takes in a fixed run, counted by valgrind (callgrind), which repeats to the instruction where a clock would
// not: a guard against kernels that become slower unnoticed. Compared with tests/golden/instructions.json within 5 %, either way.
// usage: node tests/instructions.mjs [--write]   (--write: records what is counted now)
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BAND = 0.05;
const RUNS = { demo: ['--preset', 'demo', '--steps', '10'], main: ['--preset', 'main', '--steps', '2'] };
const KERNELS = 'avx2'; // valgrind 3.19 knows no AVX-512
const SMALLEST = 100_000; // instructions: fewer than that are start-up and chance

const binary = fileURLToPath(new URL('../build/release/native/induction', import.meta.url));
const golden = fileURLToPath(new URL('golden/instructions.json', import.meta.url));
const write = process.argv[2] === '--write';

function leave(sentence) {
  console.log(`# not run: instruction counts (${sentence})\n0 passed, 0 failed`);
  process.exit(0);
}

/** Instructions by kernel, what it calls included; and of the whole program. */
function count(flags, folder) {
  const out = join(folder, 'callgrind.out');
  const run = spawnSync('valgrind', ['--tool=callgrind', `--callgrind-out-file=${out}`, binary, 'train', ...flags, '--kernels', KERNELS], { encoding: 'utf8' });
  if (run.status !== 0) leave(`the run under valgrind ended with status ${run.status}: ${run.stderr.trim().split('\n').at(-1)}`);
  const listing = execFileSync('callgrind_annotate', ['--inclusive=yes', '--threshold=100', out], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const kernels = {};
  for (const [, number, name] of listing.matchAll(new RegExp(`^ *([\\d,]+) .*void induction::${KERNELS}::(\\w+)<float>\\(induction::Step const&`, 'gm')))
    kernels[name] = Number(number.replaceAll(',', ''));
  return Object.fromEntries(Object.entries(kernels).filter(([, number]) => number >= SMALLEST).sort(([a], [b]) => (a < b ? -1 : 1)));
}

if (spawnSync('valgrind', ['--version']).error) leave('valgrind is not installed');
const doctor = execFileSync(binary, ['doctor', '--json'], { encoding: 'utf8' });
const compiler = /compiler ([\d.]+)/.exec(doctor)?.[1] ?? 'unknown';
if (!doctor.includes(`signature, ${KERNELS}`)) leave(`this processor has no ${KERNELS}`);
const recorded = JSON.parse(readFileSync(golden, 'utf8'));
if (!write && recorded.compiler !== compiler) leave(`recorded with compiler ${recorded.compiler}, this is ${compiler}`);

const folder = mkdtempSync(join(tmpdir(), 'instructions-'));
const counted = Object.fromEntries(Object.entries(RUNS).map(([name, flags]) => [name, count(flags, folder)]));
rmSync(folder, { recursive: true });
if (write) {
  writeFileSync(golden, `${JSON.stringify({ compiler, kernels: KERNELS, runs: counted }, null, 2)}\n`);
  console.log(`written: ${golden}`);
  process.exit(0);
}
let passed = 0;
let failed = 0;
for (const [run, kernels] of Object.entries(recorded.runs))
  for (const kernel of new Set([...Object.keys(kernels), ...Object.keys(counted[run])])) {
    const [was, is] = [kernels[kernel] ?? 0, counted[run][kernel] ?? 0];
    const change = is / was - 1;
    const good = Math.abs(change) <= BAND;
    if (good) passed++;
    else failed++;
    if (!good)
      console.log(
        `not ok - ${kernel} in ${run} takes ${is} instructions; ${was} are recorded, and the band is ${BAND * 100} %. ` +
          'If it is meant, say why in the commit and record it: node tests/instructions.mjs --write',
      );
  }
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
