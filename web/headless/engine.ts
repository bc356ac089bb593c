// What Node takes from the page's sources: the executor, the comparison, the sizes. bundle.mjs makes one module of it.
export { compareEngines } from '../src/compare_engines.ts';
export { comparePatches } from '../src/compare_patches.ts';
export { kMaxSteps } from '../src/gpu/buffers.ts';
export { GpuError, openGpu } from '../src/gpu/device.ts';
export { Executor } from '../src/gpu/executor.ts';
export { gflopPerStep, kSizes } from '../src/sizes.ts';
