// Gives the module's C functions the shape that loader.d.mts describes. Arrays leave as copies: a view would go stale as
// soon as WebAssembly memory grows.
import { CoreError, check } from './errors.mjs';
import createModule from './induction.mjs';

export { CoreError };

// Memory views are taken anew at each use, for the same reason.
class Memory {
  constructor(module) {
    this.module = module;
  }
  text(pointer) {
    return this.module.UTF8ToString(pointer);
  }
  json(pointer) {
    return JSON.parse(this.text(pointer));
  }
  floats(pointer, n) {
    return this.module.HEAPF32.slice(pointer >> 2, (pointer >> 2) + n);
  }
  bytes(pointer, n) {
    return this.module.HEAPU8.slice(pointer, pointer + n);
  }
  // Calls f with a pointer to n bytes that are given back afterwards.
  borrow(n, f) {
    const pointer = this.module._ip_take(Math.max(1, n));
    if (!pointer) throw new CoreError([{ knob: '', message: 'there is not enough memory' }]);
    try {
      return f(pointer);
    } finally {
      this.module._ip_give(pointer);
    }
  }
  withBytes(bytes, f) {
    return this.borrow(bytes.length, (pointer) => {
      this.module.HEAPU8.set(bytes, pointer);
      return f(pointer);
    });
  }
  withText(text, f) {
    const size = this.module.lengthBytesUTF8(text) + 1;
    return this.borrow(size, (pointer) => {
      this.module.stringToUTF8(text, pointer, size);
      return f(pointer);
    });
  }
}

/** 32-bit words of one Step (core/step.hpp). */
export const kStepWords = 56;

// which: 0 the training Program, 1 the last prompt's, 2 the last patched pair's.
function programOf({ module, memory, handle }, which) {
  const found = memory.json(module._ip_program(handle, which));
  if (!found) throw new CoreError([{ knob: '', message: which === 2 ? 'no pair of prompts has been patched yet; call patch first' : 'no sequence has been shown to the model yet; call forward first' }]);
  const { step_words, ...plain } = found;
  if (step_words !== kStepWords) throw new Error(`a Step has ${step_words} words; this loader knows ${kStepWords}`);
  const steps = (list) => {
    const bytes = 4 * kStepWords * module._ip_step_count(handle, which, list);
    return new Uint32Array(memory.bytes(module._ip_steps(handle, which, list), bytes).buffer);
  };
  return { ...plain, forward: steps(0), backward: steps(1), finish: steps(2), update: steps(3) };
}

/** A Program that is only looked at, with its arena: it draws no batch. */
export function lookProgram(trainer, which) {
  const program = programOf(trainer, which);
  const none = new Uint32Array(0);
  const arena = trainer.memory.floats(trainer.module._ip_arena(trainer.handle, which), program.arena_floats);
  return { ...program, draw: none, given: false, draw_table: none, arena };
}

export class Trainer {
  constructor(memory, handle) {
    this.memory = memory;
    this.module = memory.module;
    this.handle = handle;
    this.d_head = this.module._ip_d_head(handle);
    this.n_parameters = this.module._ip_n_parameters(handle);
  }
  get config() {
    return this.memory.json(this.module._ip_config(this.handle));
  }
  get course() {
    return this.memory.json(this.module._ip_course(this.handle));
  }
  get generation() {
    return this.module._ip_generation(this.handle);
  }
  get next_change() {
    const step = this.module._ip_next_change(this.handle);
    return step < 0 ? null : step;
  }
  get step() {
    return this.module._ip_step(this.handle);
  }
  shown() {
    return this.memory.json(this.module._ip_shown(this.handle));
  }
  task() {
    return this.memory.json(this.module._ip_task(this.handle));
  }
  train(n) {
    this.module._ip_train(this.handle, n);
    const stopped = this.memory.text(this.module._ip_stopped(this.handle));
    return { step: this.step, loss: this.module._ip_loss(this.handle), stopped: stopped || null };
  }
  set(knobs) {
    check(this.memory.withText(JSON.stringify(knobs), (text) => this.memory.json(this.module._ip_set(this.handle, text))).problems);
  }
  intervene(list) {
    check(this.memory.withText(JSON.stringify(list), (text) => this.memory.json(this.module._ip_intervene(this.handle, text))).problems);
  }
  follow(course) {
    check(this.memory.withText(JSON.stringify(course), (text) => this.memory.json(this.module._ip_follow(this.handle, text))).problems);
  }
  probe() {
    return this.memory.json(this.module._ip_probe(this.handle));
  }
  exampleTokens() {
    const n = this.config.n_ctx;
    return this.memory.borrow(4 * n, (pointer) => {
      this.module._ip_example(this.handle, pointer);
      return this.module.HEAP32.slice(pointer >> 2, (pointer >> 2) + n);
    });
  }
  forward(tokens) {
    const { module, memory, handle } = this;
    const row = Int32Array.from(tokens);
    const n = row.length;
    const answer = memory.borrow(4 * n, (pointer) => {
      module.HEAP32.set(row, pointer >> 2);
      return memory.json(module._ip_forward(handle, pointer, n));
    });
    check(answer.problems);
    return {
      tokens: row,
      pattern: memory.floats(module._ip_pattern(handle), module._ip_pattern_count(handle)),
      loss: memory.floats(module._ip_prompt_loss(handle), n - 1),
      probabilities: memory.floats(module._ip_probabilities(handle), module._ip_probabilities_count(handle)),
      induction_targets: memory.bytes(module._ip_targets(handle), n * n),
    };
  }
  save({ model = false } = {}) {
    const n = this.module._ip_save(this.handle, model ? 1 : 0);
    return this.memory.bytes(this.module._ip_file(this.handle), n);
  }
  load(bytes) {
    check(this.memory.withBytes(bytes, (pointer) => this.memory.json(this.module._ip_load(this.handle, pointer, bytes.length))).problems);
  }
  program({ given = false } = {}) {
    const { module, memory, handle } = this;
    const words = (pointer, n) => new Uint32Array(memory.bytes(pointer, 4 * n).buffer);
    const [draw, outside] = memory.borrow(4 * kStepWords, (pointer) => {
      const answer = module._ip_draw(handle, pointer, given ? 1 : 0);
      return [words(pointer, kStepWords), answer === 1];
    });
    return { ...programOf(this, 0), draw, given: outside, draw_table: words(module._ip_draw_table(handle), module._ip_draw_table_size(handle)) };
  }
  promptProgram() {
    return lookProgram(this, 1);
  }
  arena([offset, n] = [0, this.memory.json(this.module._ip_program(this.handle, 0)).arena_floats]) {
    return this.memory.floats(this.module._ip_arena(this.handle, 0) + 4 * offset, n);
  }
  hyper(step = this.step) {
    return this.memory.borrow(256, (pointer) => this.memory.floats(pointer, this.module._ip_hyper(this.handle, pointer, step)));
  }
  runaway(step) {
    return this.memory.text(this.module._ip_runaway(this.handle, step));
  }
  batch(step = this.step) {
    const { module, memory, handle } = this;
    module._ip_batch(handle, step);
    const { generation } = this;
    // Another Program has them elsewhere.
    if (this.inputs?.generation !== generation) this.inputs = { generation, regions: memory.json(module._ip_program(handle, 0)).inputs };
    const arena = module._ip_arena(handle, 0);
    return this.inputs.regions.map(([offset, n]) => memory.floats(arena + 4 * offset, n));
  }
  restore({ step, parameters, moment1, moment2 }) {
    const { module, memory, handle } = this;
    const size = memory.json(module._ip_program(handle, 0)).regions.parameters[1];
    const parts = [parameters, moment1, moment2];
    if (parts.some((part) => part.length !== size)) throw new CoreError([{ knob: '', message: `the state must have ${size} numbers in each of its parts` }]);
    memory.borrow(12 * size, (pointer) => {
      parts.forEach((part, i) => module.HEAPF32.set(part, (pointer >> 2) + i * size));
      module._ip_restore(handle, pointer, step);
    });
  }
  runAlone(words, chunked) {
    if (words.length !== kStepWords) throw new Error(`a Step has ${kStepWords} words`);
    return this.memory.borrow(4 * kStepWords, (pointer) => {
      this.module.HEAP32.set(words, pointer >> 2);
      if (!this.module._ip_run_alone(this.handle, pointer, chunked ? 1 : 0)) throw new Error('there is no such kernel');
    });
  }
  composition() {
    return this.memory.json(this.module._ip_composition(this.handle));
  }
  signature() {
    return this.memory.text(this.module._ip_signature(this.handle));
  }
  dispose() {
    if (this.handle) this.module._ip_dispose(this.handle);
    this.handle = 0;
  }
}

class Core {
  #made;
  // made: the class of its trainers.
  constructor(memory, made) {
    this.memory = memory;
    this.#made = made;
    this.schema = memory.json(memory.module._ip_schema());
  }
  get memory_bytes() {
    return this.memory.module.HEAPU8.length;
  }
  problems(config) {
    return this.memory.withText(JSON.stringify(config), (text) => this.memory.json(this.memory.module._ip_problems(text))).problems;
  }
  readData(data, config, name = '') {
    const { memory } = this;
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    const { problems, ...facts } = memory.withBytes(bytes, (pointer) =>
      memory.withText(JSON.stringify(config), (json) => memory.withText(name, (text) => memory.json(memory.module._ip_corpus(pointer, bytes.length, json, text)))),
    );
    check(problems);
    return facts;
  }
  look(bytes) {
    const { problems, ...facts } = this.memory.withBytes(bytes, (pointer) => this.memory.json(this.memory.module._ip_look(pointer, bytes.length)));
    check(problems);
    return facts;
  }
  open(bytes, knobs = {}) {
    const { memory } = this;
    return this.#trainer(memory.withBytes(bytes, (pointer) => memory.withText(JSON.stringify(knobs), (json) => memory.module._ip_open(pointer, bytes.length, json))));
  }
  create(config) {
    return this.#trainer(this.memory.withText(JSON.stringify(config), (text) => this.memory.module._ip_create(text)));
  }
  #trainer(handle) {
    if (!handle) throw new CoreError(this.memory.json(this.memory.module._ip_answer()).problems);
    return new this.#made(this.memory, handle);
  }
}

// create: what makes the module, when it is another one.
export async function loadCore({ wasmBinary, wasmUrl, create = createModule, made = Trainer } = {}) {
  if (!wasmBinary) {
    const url = wasmUrl ?? new URL('./induction.wasm', import.meta.url);
    const response = await fetch(url);
    if (!response.ok) throw new Error(`the WebAssembly module could not be loaded (HTTP ${response.status})`);
    wasmBinary = await response.arrayBuffer();
  }
  // The bytes are there: no address is wanted, which a script within a script (web/element/one_file) could not make.
  return new Core(new Memory(await create({ wasmBinary, locateFile: String })), made);
}
