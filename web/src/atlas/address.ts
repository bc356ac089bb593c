// What the atlas shows, in its own address: #y=positions&x=n_heads&measure=share&n_layers=2&cell=3.1. Hostile until parsed.
import { kMeasures, type View } from './cells.ts';
import { type Atlas, axisKnobs } from './data.ts';

export interface Chosen extends View {
  /** Row and column of the chosen cell. */
  cell: [number, number] | null;
}

/** Two knobs with the most values; everything else averaged. */
export function defaultView(atlas: Atlas): Chosen {
  const names = axisKnobs(atlas)
    .slice()
    .sort((a, b) => b.values.length - a.values.length)
    .map((knob) => knob.name);
  return { y: names[0], x: names[1] ?? names[0], measure: 'share', held: {}, cell: null };
}

export function readView(atlas: Atlas, hash: string): Chosen {
  const view = defaultView(atlas);
  const parts = new URLSearchParams(hash.replace(/^#/, '').slice(0, 2000));
  const knobs = axisKnobs(atlas);
  const axis = (name: string | null, otherwise: string) =>
    knobs.some((knob) => knob.name === name) ? (name as string) : otherwise;
  view.y = axis(parts.get('y'), view.y);
  view.x = axis(parts.get('x'), view.x);
  if (view.x === view.y) view.x = knobs.find((knob) => knob.name !== view.y)?.name ?? view.y;
  view.measure = kMeasures.find((measure) => measure.name === parts.get('measure'))?.name ?? view.measure;
  for (const knob of knobs) {
    const place = knob.values.findIndex((value) => String(value) === parts.get(knob.name));
    if (place >= 0) view.held[knob.name] = place;
  }
  const cell = /^(\d{1,4})\.(\d{1,4})$/.exec(parts.get('cell') ?? '');
  const size = (name: string) => knobs.find((knob) => knob.name === name)?.values.length ?? 1;
  const rows = view.x === view.y ? 1 : size(view.y);
  if (cell && Number(cell[1]) < rows && Number(cell[2]) < size(view.x)) view.cell = [Number(cell[1]), Number(cell[2])];
  return view;
}

export function writeView(atlas: Atlas, view: Chosen): string {
  const parts = new URLSearchParams({ y: view.y, x: view.x, measure: view.measure });
  for (const knob of axisKnobs(atlas))
    if (knob.name in view.held) parts.set(knob.name, String(knob.values[view.held[knob.name]]));
  if (view.cell) parts.set('cell', view.cell.join('.'));
  return `#${parts}`;
}
