// Composition between heads as SVG: heads as dots, layer above layer, and the arrows that the page draws between them, also those that
// skip a layer.
import type { Composition } from '@core/loader.mjs';
import { type Arrow, aboveChance, kFaintestArrow, kInputs, type Measure } from '../composition.ts';
import type { Table } from '../figures.ts';
import { headName } from '../format.ts';
import { strings } from '../strings.ts';
import { colours } from '../theme.ts';
import { drawing, element, label, paperColour, short } from './svg.ts';

const kColumn = 96;
const kLayer = 132;
const kLeft = 72;
const kTop = 72;
const kDot = 16;

export interface ArrowsPicture {
  title: string;
  /** What a width means. */
  caption: string;
  arrows: readonly Arrow[];
  n_layers: number;
  n_heads: number;
}

export function arrowsSvg({ title, caption, arrows, n_layers, n_heads }: ArrowsPicture): string {
  const tint = colours();
  const x = (head: number) => kLeft + (head + 0.5) * kColumn;
  const y = (of: number) => kTop + (n_layers - 1 - of) * kLayer;
  const colour = (of: number, head: number) => tint.heads[(of * n_heads + head) % tint.heads.length];
  const drawn = arrows.filter(({ above }) => above >= kFaintestArrow).sort((a, b) => a.above - b.above);
  const parts = [
    label(16, 22, title, { 'font-size': 15, 'font-weight': 600 }),
    label(16, 42, caption, { fill: tint.grey }),
    ...drawn.map(({ from, to, above }) => {
      const [x0, y0] = [x(from.head), y(from.layer) - kDot];
      const [x1, y1] = [x(to.head) + (from.head - to.head) * 3, y(to.layer) + kDot + 7];
      const bend = (y0 + y1) / 2;
      const paint = colour(from.layer, from.head);
      const width = Math.min(10, Math.max(0.75, 32 * above));
      const half = 2 + width / 2;
      const line = `M${short(x0)} ${y0}C${short(x0)} ${bend} ${short(x1)} ${bend} ${short(x1)} ${y1}`;
      const tip = `M${short(x1 - half)} ${y1}L${short(x1)} ${y1 - 7}L${short(x1 + half)} ${y1}Z`;
      return (
        element('path', { d: line, fill: 'none', stroke: paint, 'stroke-width': width }) +
        element('path', { d: tip, fill: paint })
      );
    }),
  ];
  for (let of = 0; of < n_layers; of++) {
    parts.push(label(16, y(of) + 4, strings.layer(of), { fill: tint.grey }));
    for (let head = 0; head < n_heads; head++) {
      const dot = { cx: x(head), cy: y(of), r: kDot, fill: tint.paper, stroke: colour(of, head), 'stroke-width': 2 };
      parts.push(element('circle', dot), label(x(head), y(of) + 4, headName(of, head), { 'text-anchor': 'middle' }));
    }
  }
  const width = Math.max(kLeft + n_heads * kColumn, 6.8 * caption.length + 32);
  const height = kTop + (n_layers - 1) * kLayer + kDot + 24;
  return drawing({ width, height, title, paper: paperColour(), ink: tint.ink }, parts.join(''));
}

/** Scores above chance of every pair of heads. */
export function arrowsTable(found: Composition | null, measure: Measure): Table {
  const { pairs, baseline } = found ?? { pairs: [], baseline: 0 };
  const name = ({ layer, head }: { layer: number; head: number }) => headName(layer, head);
  return {
    columns: [
      { name: 'from', values: pairs.map(({ from }) => name(from)) },
      { name: 'to', values: pairs.map(({ to }) => name(to)) },
      ...kInputs.map((input) => ({
        name: `${input} above chance`,
        values: pairs.map((pair) => aboveChance(pair, input, measure, baseline)),
      })),
    ],
  };
}
