// The page in a real browser. Prints one line per claim, then 'N passed, M failed'; exits 1 when one failed.
//   EXPECTED_SIGNATURE  of preset demo after 200 steps, from the native program; without it the module runs here in Node
//   CHROMIUM            the browser, when it is not /usr/bin/chromium
//   node e2e/run.mjs [--plain] [PART …]   claims whose name contains one of the parts; --plain: only those without a graphics device
// Nothing here is decided by timing: waits are for states, and time limits only end a hopeless wait.
// A claim that fails is tried once more in a fresh browser, since on a busy machine one now and then loses a process; what
// the first try found is printed (`again`), and ./test repeats it.
import { launch, watch } from './browser.mjs';
import { serve } from './server.mjs';
import { tests as accessibility } from './tests/accessibility.mjs';
import { tests as atlas } from './tests/atlas.mjs';
import { tests as circuits } from './tests/circuits.mjs';
import { tests as embed } from './tests/embed.mjs';
import { tests as embedFaults } from './tests/embed_faults.mjs';
import { tests as embedFrames } from './tests/embed_frames.mjs';
import { tests as embedGpu } from './tests/embed_gpu.mjs';
import { tests as embedOne } from './tests/embed_one.mjs';
import { tests as embedPackage } from './tests/embed_package.mjs';
import { tests as embedPages } from './tests/embed_pages.mjs';
import { tests as embedRecording } from './tests/embed_recording.mjs';
import { tests as engine } from './tests/engine.mjs';
import { tests as engineFaults } from './tests/engine_faults.mjs';
import { tests as enginePanel } from './tests/engine_panel.mjs';
import { tests as experiments } from './tests/experiments.mjs';
import { tests as gpu } from './tests/gpu.mjs';
import { tests as gpuTraining } from './tests/gpu_training.mjs';
import { tests as hostile } from './tests/hostile.mjs';
import { tests as inputs } from './tests/inputs.mjs';
import { tests as knobsTogether } from './tests/knobs_together.mjs';
import { tests as lastRun } from './tests/last_run.mjs';
import { tests as many } from './tests/many.mjs';
import { tests as maps } from './tests/maps.mjs';
import { tests as memory } from './tests/memory.mjs';
import { tests as pageFaults } from './tests/page_faults.mjs';
import { tests as patching } from './tests/patching.mjs';
import { tests as pictures } from './tests/pictures.mjs';
import { tests as policy } from './tests/policy.mjs';
import { tests as rescueStates } from './tests/rescue_states.mjs';
import { tests as share } from './tests/share.mjs';
import { tests as steady } from './tests/steady.mjs';
import { tests as surgery } from './tests/surgery.mjs';
import { tests as timeline } from './tests/timeline.mjs';
import { tests as tour } from './tests/tour.mjs';
import { tests as training } from './tests/training.mjs';

const plain = process.argv.includes('--plain');
const parts = process.argv.slice(2).filter((part) => part !== '--plain');
const wanted = ({ name, gpu }) => !(plain && gpu) && (parts.length === 0 || parts.some((part) => name.includes(part)));
// From below a path, as in an article: every address in the page must be relative.
const { address: root, close } = await serve(new URL('..', import.meta.url).pathname);
const address = `${root}dist/`;
const browsers = { plain: null, gpu: null };
let passed = 0;
const failed = [];

/** One that lives: a browser that died costs one try, not all that follow. */
async function browserFor(onGpu) {
  const kind = onGpu ? 'gpu' : 'plain';
  if (!browsers[kind]?.isConnected()) browsers[kind] = await launch({ gpu: onGpu === true });
  return browsers[kind];
}

/** Null, or why the claim does not hold. */
async function whyNot({ run, options, tolerates, gpu: onGpu }) {
  const errors = [];
  let context = null;
  try {
    context = await (await browserFor(onGpu)).newContext({ viewport: { width: 1280, height: 900 }, ...options });
    context.setDefaultTimeout(400_000);
    await watch(context, errors);
    const page = await context.newPage();
    await run(page, address);
    const harmful = errors.filter((message) => !tolerates?.test(message));
    return harmful.length > 0 ? `in the page: ${harmful.join('; ')}` : null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await context?.close().catch(() => {});
  }
}

for (const test of [
  ...training,
  ...inputs,
  ...knobsTogether,
  ...hostile,
  ...policy,
  ...pageFaults,
  ...rescueStates,
  ...steady,
  ...accessibility,
  ...atlas,
  ...surgery,
  ...many,
  ...memory,
  ...circuits,
  ...patching,
  ...gpu,
  ...maps,
  ...engine,
  ...engineFaults,
  ...enginePanel,
  ...gpuTraining,
  ...share,
  ...lastRun,
  ...tour,
  ...pictures,
  ...timeline,
  ...experiments,
  ...embed,
  ...embedFaults,
  ...embedFrames,
  ...embedGpu,
  ...embedOne,
  ...embedPackage,
  ...embedPages,
  ...embedRecording,
]) {
  const { name } = test;
  if (!wanted(test)) continue;
  const started = Date.now();
  let why = await whyNot(test);
  if (why !== null) {
    console.log(`again ${name}\n      ${why.split('\n').join('\n      ')}`);
    const kind = test.gpu ? 'gpu' : 'plain';
    await browsers[kind]?.close().catch(() => {});
    browsers[kind] = null;
    why = await whyNot(test);
  }
  if (why === null) passed++;
  else failed.push(name);
  console.log(
    why === null
      ? `ok    ${name}  (${Math.round((Date.now() - started) / 1000)} s)`
      : `FAIL  ${name}\n      ${why.split('\n').join('\n      ')}`,
  );
}

for (const browser of Object.values(browsers)) await browser?.close();
close();
for (const name of failed) console.log(`failed: ${name}`);
console.log(`${passed} passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 || passed === 0 ? 1 : 0;
