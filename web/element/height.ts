// How much room a figure will take, said before it is loaded, so that nothing in the article moves when it is.
import type { PanelName, Wish } from './attributes.ts';

/** Of a panel at widths from 640 px on, and below, in px; `heads` without its rows of maps. */
const kHigh: Record<PanelName | 'controls', readonly [number, number]> = {
  story: [100, 152],
  controls: [47, 47],
  heads: [40, 28],
  tokens: [360, 502],
  loss: [322, 342],
  scores: [300, 300],
  circuit: [1480, 1990],
  timeline: [45, 45],
};
/** Below each row of maps: names and scores. */
const kRow = [84, 120] as const;
/** Between two layers. */
const kLayers = 48;
/** All that can be done to a head. */
const kMuch = [440, 780] as const;
const kGap = 12;
/** The two charts beside one another have longer keys. */
const kKeys = 24;

/** A length for CSS; the maps' part of it grows with the figure's width (cqi). */
export function reservedHeight({ panels, controls, address }: Wish): readonly [string, string] {
  const asked = new URLSearchParams(address);
  const number = (name: string, absent: number) => Number(asked.get(name) ?? absent) || absent;
  const layers = number('n_layers', 2);
  const heads = number('n_heads', 4);
  const length = (narrow: 0 | 1): string => {
    const names: (PanelName | 'controls')[] = [...panels, ...(controls === 'none' ? [] : ['controls' as const])];
    const beside = !narrow && panels.includes('loss') && panels.includes('scores') ? kHigh.scores[0] + kGap - kKeys : 0;
    const fixed = names.reduce((sum, name) => sum + kHigh[name][narrow] + kGap, -kGap) - beside;
    if (!panels.includes('heads')) return `${fixed}px`;
    const columns = Math.min(heads, narrow ? 4 : 8);
    const rows = layers * Math.ceil(heads / columns);
    const much = controls === 'all' ? kMuch[narrow] : 0;
    const gap = narrow ? 6 : 16;
    const map = `min(300px, (100cqi - ${24 + gap * (columns - 1)}px) / ${columns})`;
    return `calc(${fixed + much}px + ${rows} * (${map} + ${kRow[narrow]}px) + ${(layers - 1) * kLayers}px)`;
  };
  return [length(0), length(1)];
}
