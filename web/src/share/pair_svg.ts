// The matched heads of two runs as SVG: A and B beside each other, layer by layer.
import { colours } from '../theme.ts';
import { cells } from './cells.ts';
import { drawing, element, label, paperColour } from './svg.ts';

export interface OneHead {
  name: string;
  role: string;
  pattern: Float32Array;
  /** Tokens along a side. */
  T: number;
}

export interface PairRow {
  title: string;
  pairs: { a: OneHead | null; b: OneHead | null; caption: string }[];
}

const kSide = 120;
const kPair = 2 * kSide + 36;
const kRow = kSide + 76;
const kMargin = 16;

export function pairHeadsSvg(title: string, rows: PairRow[]): string {
  const tint = colours();
  const parts = [label(kMargin, 22, title, { 'font-size': 15, 'font-weight': 600 })];
  rows.forEach((row, r) => {
    const y = 36 + r * kRow;
    parts.push(label(kMargin, y + 14, row.title, { fill: tint.grey }));
    row.pairs.forEach(({ a, b, caption }, i) => {
      const x = kMargin + i * kPair;
      parts.push(oneHead('A', a, x, y + 36), oneHead('B', b, x + kSide + 6, y + 36));
      parts.push(label(x, y + kSide + 56, caption, { fill: tint.grey }));
    });
  });
  const width = kMargin + kPair * Math.max(1, ...rows.map(({ pairs }) => pairs.length));
  const height = 36 + rows.length * kRow;
  return drawing({ width, height, title, paper: paperColour(), ink: tint.ink }, parts.join(''));
}

function oneHead(which: 'A' | 'B', head: OneHead | null, x: number, y: number): string {
  const { palette, hairline, grey } = colours();
  if (!head) return label(x, y, `${which} –`, { fill: grey });
  const frame = element('rect', { x, y: y + 6, width: kSide, height: kSide, fill: 'none', stroke: hairline });
  const place = `translate(${x} ${y + 6}) scale(${kSide / Math.max(1, head.T)})`;
  return [
    label(x, y, `${which} ${head.name}`, { 'font-weight': 600 }),
    label(x + 40, y, head.role.slice(0, 14), { fill: grey }),
    element('g', { transform: place, 'shape-rendering': 'crispEdges' }, cells(head.pattern, head.T, palette)),
    frame,
  ].join('');
}
