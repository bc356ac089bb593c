// Between a slider's whole steps and a knob's value, on a straight or a logarithmic scale.
import type { Knob } from '@core/loader.mjs';

const kFine = 200;

/** Integers of a short range get one step each, so that an arrow key changes the value by one. */
export function sliderSteps(knob: Knob): number {
  const { low, high } = range(knob);
  return knob.type === 'integer' && high - low <= 2 * kFine ? high - low : kFine;
}

function range(knob: Knob): { low: number; high: number; log: boolean } {
  const low = knob.slider_min ?? knob.min ?? 0;
  const high = knob.slider_max ?? knob.max ?? 1;
  // A logarithm needs a positive range.
  return { low, high, log: knob.slider_log === true && low > 0 };
}

/** A value outside the slider's part of the range rests at its end. */
export function toSlider(knob: Knob, value: number): number {
  const { low, high, log } = range(knob);
  const share = log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return Math.round(sliderSteps(knob) * Math.min(1, Math.max(0, Number.isNaN(share) ? 0 : share)));
}

/** As text with two significant digits (whole for integers): what a person would have typed. */
export function fromSlider(knob: Knob, position: number): string {
  const { low, high, log } = range(knob);
  const share = position / sliderSteps(knob);
  if (position === 0) return String(low);
  if (position === sliderSteps(knob)) return String(high);
  const value = log ? low * (high / low) ** share : low + share * (high - low);
  return knob.type === 'integer' ? String(Math.round(value)) : String(Number(value.toPrecision(log ? 2 : 3)));
}
