// Compares the engines on this machine's graphics device and measures training steps on it. A software adapter is compared only.
//   node web/headless/gpu.mjs [--out FILE.json] [--software] [--alone] [--only PART]
//   --out       writes the JSON there and the same as Markdown beside it (FILE.md)
//   --software  on Chromium's SwiftShader instead
//   --alone     by the kernels for adapters on the processor, whose invocations work alone
//   --only      only configurations and sizes with this in their name
// Exit status: 0 done, 1 the engines differ or a size could not run, 2 bad input or no graphics device.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { release, type } from 'node:os';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checkParity, matrix } from '../e2e/matrix.mjs';
import { deviceKeeper, gpuEntry } from './adapter.mjs';
import { loadEngine, loadProcessor } from './bundle.mjs';
import { measure, refusalOf } from './measure.mjs';
import { markdownOf } from './report.mjs';

const kOptions = {
  out: { type: 'string' },
  software: { type: 'boolean' },
  alone: { type: 'boolean' },
  only: { type: 'string', default: '' },
};

/** One configuration on both engines; a problem is part of the answer. */
async function compare(session, name, config) {
  const { engine, core } = session;
  try {
    const result = await session.keeper.use((gpu) => engine.compareEngines(core, gpu, config));
    const { worst, dispatches_per_step } = result;
    checkParity(result);
    return { name, problem: null, worst, dispatches_per_step };
  } catch (error) {
    return { name, problem: error.message.split('\n')[0], worst: null };
  }
}

async function measured(session, size, config) {
  try {
    return { size, problem: null, ...(await session.keeper.use((gpu) => measure({ ...session, gpu, config }))) };
  } catch (error) {
    return { size, problem: error.message.split('\n')[0] };
  }
}

async function deviceOf(session) {
  return session.keeper.use(async ({ adapter, vendor, architecture, model, description, software, alone }) => {
    return { adapter, vendor, architecture, model, driver: description, software, alone };
  });
}

function systemOf() {
  const { version } = JSON.parse(readFileSync(new URL('node_modules/webgpu/package.json', import.meta.url)));
  return `${type()} ${release()} ${process.arch}, Node ${process.versions.node}, Dawn of the npm package webgpu ${version}`;
}

/** Everything, in order; `say` tells how far it is. */
async function examine(session, only, say) {
  const device = await deviceOf(session);
  say(`device: ${device.adapter}`);
  const wanted = (named) => Object.entries(named).filter(([name]) => name.includes(only));
  // On a software adapter the sizes would take minutes and say nothing new.
  const sizes = device.software ? [] : wanted(session.engine.kSizes);
  const parity = [];
  for (const [name, config] of [...wanted(matrix), ...sizes]) {
    parity.push(await compare(session, name, config));
    say(`${parity.at(-1).problem ?? 'agrees'}: ${name}`);
  }
  const differ = parity.some(({ problem }) => problem);
  const not_measured = refusalOf(device) ?? (differ ? 'The engines differ: nothing was measured.' : null);
  if (not_measured) return { device, system: systemOf(), parity, bench: null, not_measured };
  const bench = [];
  for (const [size, config] of sizes) {
    bench.push(await measured(session, size, config));
    say(`measured: ${size}`);
  }
  return { device, system: systemOf(), parity, bench, not_measured };
}

/** Now, not after minutes of measuring. */
function checkOut(out) {
  if (!out.endsWith('.json')) throw new Error(`--out is '${out}'; it must end with .json`);
  const folder = dirname(resolve(out));
  if (!existsSync(folder)) throw new Error(`--out is '${out}'; there is no folder ${folder}`);
}

async function main() {
  const { values } = parseArgs({ options: kOptions });
  const { out, software, alone, only } = values;
  if (out !== undefined) checkOut(out);
  const [entry, engine, core] = [await gpuEntry({ software }), await loadEngine(), await loadProcessor()];
  const options = { entry, power_preference: 'high-performance', timestamps: !software, alone };
  const session = { engine, core, keeper: deviceKeeper(() => engine.openGpu(options)) };
  const report = await examine(session, only, (line) => process.stderr.write(`${line}\n`));
  const markdown = markdownOf(report);
  process.stdout.write(markdown);
  if (out) {
    writeFileSync(out, `${JSON.stringify(report, null, 2)}\n`);
    writeFileSync(out.replace(/\.json$/, '.md'), markdown);
  }
  return [...report.parity, ...(report.bench ?? [])].some(({ problem }) => problem) ? 1 : 0;
}

/** Dawn says only that there is no adapter; on Linux the reason is nearly always one of two. */
function sentenceOf({ message }) {
  if (!/no graphics adapter/.test(message)) return message;
  const hint = " It needs Vulkan's loader and the graphics card's driver (Debian: libvulkan1, mesa-vulkan-drivers).";
  return `No graphics adapter was found.${process.platform === 'linux' ? hint : ''}`;
}

const status = await main().catch((error) => {
  process.stderr.write(`gpu: ${sentenceOf(error)}\n`);
  return 2;
});
// Node would not end by itself while Dawn lives; what was written to a pipe must be gone first.
process.stdout.write('', () => process.exit(status));
