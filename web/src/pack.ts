// One buffer for a whole view, so that a frame costs one transfer and no garbage.
import type { PromptFrame } from '@core/loader.mjs';

/** Copies a view into one buffer: `spare` when it has exactly the right size, a new one otherwise. */
export function packView(view: PromptFrame, spare: ArrayBuffer | null): { view: PromptFrame; buffer: ArrayBuffer } {
  const { tokens, pattern, loss, probabilities, induction_targets } = view;
  const bytes = 4 * (tokens.length + pattern.length + loss.length + probabilities.length) + induction_targets.length;
  const buffer = spare?.byteLength === bytes ? spare : new ArrayBuffer(bytes);
  let at = 0;
  const place = <A extends ArrayLike<number> & { set(from: A): void; byteLength: number }>(
    array: new (buffer: ArrayBuffer, offset: number, length: number) => A,
    from: A,
  ): A => {
    const to = new array(buffer, at, from.length);
    to.set(from);
    at += to.byteLength;
    return to;
  };
  const packed = {
    tokens: place(Int32Array, tokens as Int32Array<ArrayBuffer>),
    pattern: place(Float32Array, pattern as Float32Array<ArrayBuffer>),
    loss: place(Float32Array, loss as Float32Array<ArrayBuffer>),
    probabilities: place(Float32Array, probabilities as Float32Array<ArrayBuffer>),
    // Bytes go last: everything before stays aligned to four.
    induction_targets: place(Uint8Array, induction_targets as Uint8Array<ArrayBuffer>),
  };
  return { view: packed, buffer };
}
