// The part of loader.mjs that looks into circuits (circuit_exports.cpp): a trainer's methods of the same names.
import { check } from './errors.mjs';

export function composition({ module, memory, handle }) {
  return memory.json(module._ip_composition(handle));
}

export function headCircuit({ module, memory, handle }, [layer, head], through) {
  const { problems, qk, qk_through, ov, ...rest } = memory.json(module._ip_head_circuit(handle, layer, head, through?.layer ?? -1, through?.head ?? -1));
  check(problems);
  const values = (i) => memory.floats(module._ip_map(handle, i), module._ip_map_size(handle, i));
  const map = (facts, i) => ({ ...facts, values: facts.not_defined === null ? values(i) : null });
  return { ...rest, qk: map(qk, 0), qk_through: map(qk_through, 1), ov: map(ov, 2) };
}

export function attribution({ module, memory, handle }, tokens, position, composed) {
  const pair = composed ? [composed.from.layer, composed.from.head, composed.to.layer, composed.to.head] : [-1, 0, 0, 0];
  const { problems, ...found } = memory.borrow(4 * (pair.length + tokens.length), (pointer) => {
    module.HEAP32.set([...pair, ...tokens], pointer >> 2);
    return memory.json(module._ip_attribution(handle, pointer + 4 * pair.length, tokens.length, position, pointer));
  });
  check(problems);
  return found;
}
