// Gives the experiments module's C functions the shape that experiments_loader.d.mts describes.
import createModule from './experiments.mjs';

function check(problems) {
  if (problems.length === 0) return;
  const error = new Error(problems.map((problem) => problem.message).join('; '));
  error.name = 'CoreError';
  error.problems = problems;
  throw error;
}

class Trial {
  constructor(module, handle) {
    this.module = module;
    this.handle = handle;
  }
  get step() {
    return this.module._ip_step(this.handle);
  }
  get end() {
    return this.module._ip_end(this.handle);
  }
  advance() {
    return this.module._ip_advance(this.handle) === 1;
  }
  result(seconds) {
    return this.module.UTF8ToString(this.module._ip_result(this.handle, seconds));
  }
  dispose() {
    if (this.handle) this.module._ip_dispose(this.handle);
    this.handle = 0;
  }
}

class Experiments {
  constructor(module) {
    this.module = module;
  }
  // Calls f with pointers to the texts, which are given back afterwards.
  #withTexts(texts, f, pointers = []) {
    const { module } = this;
    if (pointers.length === texts.length) return f(...pointers);
    const text = texts[pointers.length];
    const size = module.lengthBytesUTF8(text) + 1;
    const pointer = module._ip_take(size);
    if (!pointer) check([{ knob: '', message: 'there is not enough memory' }]);
    try {
      module.stringToUTF8(text, pointer, size);
      return this.#withTexts(texts, f, [...pointers, pointer]);
    } finally {
      module._ip_give(pointer);
    }
  }
  // The answer without its problems, or those thrown.
  #ask(texts, f) {
    const { problems, ...answer } = JSON.parse(this.#withTexts(texts, (...pointers) => this.module.UTF8ToString(f(...pointers))));
    check(problems);
    return answer;
  }
  read(spec) {
    return this.#ask([spec], (text) => this.module._ip_spec(text));
  }
  create(spec, arm, seed) {
    const handle = this.#withTexts([spec], (text) => this.module._ip_trial(text, arm, seed));
    if (!handle) check(JSON.parse(this.module.UTF8ToString(this.module._ip_problems())).problems);
    return new Trial(this.module, handle);
  }
  report(spec, results) {
    return this.#ask([spec, JSON.stringify(results)], (text, lines) => this.module._ip_report(text, lines));
  }
}

export async function loadExperiments(options = {}) {
  let { wasmBinary } = options;
  if (!wasmBinary) {
    const response = await fetch(options.wasmUrl ?? new URL('./experiments.wasm', import.meta.url));
    if (!response.ok) throw new Error(`the WebAssembly module of the experiments could not be loaded (HTTP ${response.status})`);
    wasmBinary = await response.arrayBuffer();
  }
  return new Experiments(await createModule({ wasmBinary }));
}
