// The signature of a preset under WebAssembly in Node: node tests/matrix/wasm.mjs PRESET STEPS. It stops and goes on at a drawn step.
import { readFileSync } from 'node:fs';

const [preset, steps] = [process.argv[2], Number(process.argv[3])];
const dist = new URL('../../build/wasm/dist/', import.meta.url);
const { loadCore } = await import(new URL('loader.mjs', dist));
const core = await loadCore({ wasmBinary: readFileSync(new URL('induction.wasm', dist)) });
const trainer = core.create({ preset, schedule: 'constant', steps });
trainer.train(steps);
console.log(trainer.signature());
