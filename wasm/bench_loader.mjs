// Gives the bench module's C functions the shape that bench_loader.d.mts describes.
import createModule from './bench.mjs';
import { check } from './errors.mjs';

class Bench {
  constructor(module) {
    this.module = module;
  }
  peak() {
    return this.module._ip_peak();
  }
  kernels(config, steps) {
    const { module } = this;
    const text = JSON.stringify(config);
    const size = module.lengthBytesUTF8(text) + 1;
    const pointer = module._ip_take(size);
    try {
      module.stringToUTF8(text, pointer, size);
      const { problems, kernels } = JSON.parse(module.UTF8ToString(module._ip_kernels(pointer, steps)));
      check(problems);
      return kernels;
    } finally {
      module._ip_give(pointer);
    }
  }
}

export async function loadBench({ wasmBinary, wasmUrl = new URL('./bench.wasm', import.meta.url) } = {}) {
  if (!wasmBinary) {
    const response = await fetch(wasmUrl);
    if (!response.ok) throw new Error(`the WebAssembly module of the measurements could not be loaded (HTTP ${response.status})`);
    wasmBinary = await response.arrayBuffer();
  }
  return new Bench(await createModule({ wasmBinary }));
}
