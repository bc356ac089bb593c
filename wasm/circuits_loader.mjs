// The second module: the same core, with circuit_exports.cpp. loader.mjs knows the rest of it.
import createModule from './circuits.mjs';
import { CoreError, check } from './errors.mjs';
import { loadCore, lookProgram, Trainer } from './loader.mjs';

class CircuitTrainer extends Trainer {
  headCircuit(layer, head, through = null) {
    const { module, memory, handle } = this;
    const { problems, qk, qk_through, ov, ...rest } = memory.json(module._ip_head_circuit(handle, layer, head, through?.layer ?? -1, through?.head ?? -1));
    check(problems);
    const values = (i) => memory.floats(module._ip_map(handle, i), module._ip_map_size(handle, i));
    const map = (facts, i) => ({ ...facts, values: facts.not_defined === null ? values(i) : null });
    return { ...rest, qk: map(qk, 0), qk_through: map(qk_through, 1), ov: map(ov, 2) };
  }
  attribution(tokens, position, composed = null) {
    const { module, memory, handle } = this;
    const pair = composed ? [composed.from.layer, composed.from.head, composed.to.layer, composed.to.head] : [-1, 0, 0, 0];
    const { problems, ...found } = memory.borrow(4 * (pair.length + tokens.length), (pointer) => {
      module.HEAP32.set([...pair, ...tokens], pointer >> 2);
      return memory.json(module._ip_attribution(handle, pointer + 4 * pair.length, tokens.length, position, pointer));
    });
    check(problems);
    return found;
  }
  patch(clean, corrupted, { position = -1, right = -1, wrong = -1 } = {}) {
    const [first, second] = [Int32Array.from(clean), Int32Array.from(corrupted)];
    if (first.length !== second.length)
      throw new CoreError([{ knob: '', message: `the clean prompt has ${first.length} tokens and the corrupted one ${second.length}; both must be equally long` }]);
    const { problems, ...answer } = this.memory.borrow(8 * first.length + 12, (pointer) => {
      this.module.HEAP32.set([...first, ...second, position, right, wrong], pointer >> 2);
      return this.memory.json(this.module._ip_patch(this.handle, pointer, first.length, pointer + 8 * first.length));
    });
    check(problems ?? []);
    return answer;
  }
  patchProgram() {
    return { ...lookProgram(this, 2), ...this.memory.json(this.module._ip_patch_places(this.handle)) };
  }
}

export function loadCircuits({ wasmUrl = new URL('./circuits.wasm', import.meta.url), ...options } = {}) {
  return loadCore({ ...options, wasmUrl, create: createModule, made: CircuitTrainer });
}
