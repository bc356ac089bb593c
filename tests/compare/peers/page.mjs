// window.peer: one library with one model on one device, opened by name; then steps of it, timed.
import { openJax } from './jax.mjs';
import { kSizes } from './shape.mjs';
import { openTf } from './tfjs.mjs';

const kWasm = 'node_modules/@tensorflow/tfjs-backend-wasm/dist/';
let model = null;

const open = async (library, size, device) => {
  model = library === 'jax' ? await openJax(kSizes[size], device) : await openTf(kSizes[size], device, kWasm);
  return model.parameters;
};

/** ms of single steps, each waited for, and the last one's loss. */
const times = async (steps) => {
  const ms = [];
  let loss = 0;
  for (let i = 0; i < steps; i++) {
    const began = performance.now();
    loss = await model.wait(model.advance());
    ms.push(performance.now() - began);
  }
  return { ms, loss };
};

/** ms per step of `steps` that are not waited for one by one: on a device of its own, which never idles. */
const pace = async (steps) => {
  const began = performance.now();
  let loss = null;
  for (let i = 0; i < steps; i++) {
    if (loss && i % 4 === 0) await model.wait(loss);
    else loss?.dispose();
    loss = model.advance();
  }
  await model.wait(loss);
  return (performance.now() - began) / steps;
};

window.peer = { open, times, pace };
