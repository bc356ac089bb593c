// The heads' maps as SVG: squares of one colour are one path, so nothing is blurred at any size.
import type { App } from '../app.ts';
import type { Table } from '../figures.ts';
import { headName, score } from '../format.ts';
import { strings } from '../strings.ts';
import { colours } from '../theme.ts';
import { cells } from './cells.ts';
import { drawing, element, label, paperColour } from './svg.ts';

const kSide = 176;
const kGap = 20;
const kCaption = 40;
const kTop = 40;
const kLeft = 28;

export function mapsSvg(app: App): string {
  const { view, config } = app;
  const [n_layers, n_heads] = [Number(config.n_layers), Number(config.n_heads)];
  const tint = colours();
  const parts = [label(kLeft, 22, strings.heads_title, { 'font-size': 15, 'font-weight': 600 })];
  for (let layer = n_layers - 1, row = 0; layer >= 0; layer--, row++) {
    const y = kTop + row * (kSide + kCaption + kGap);
    const turned = { transform: `rotate(-90 16 ${y + kSide / 2})`, 'text-anchor': 'middle', fill: tint.grey };
    parts.push(label(16, y + kSide / 2, strings.layer(layer), turned));
    for (let head = 0; view && head < n_heads; head++)
      parts.push(oneMap(app, layer, head, kLeft + head * (kSide + kGap), y));
  }
  const width = kLeft + n_heads * (kSide + kGap);
  const height = kTop + n_layers * (kSide + kCaption + kGap);
  return drawing({ width, height, title: strings.heads_title, paper: paperColour(), ink: tint.ink }, parts.join(''));
}

function oneMap(app: App, layer: number, head: number, x: number, y: number): string {
  const { view, config, series } = app;
  const index = layer * Number(config.n_heads) + head;
  const T = view?.tokens.length ?? 0;
  const tint = colours();
  const scores = series.latest?.heads[index];
  const both = `${strings.previous_score} ${score(scores?.previous_token)}, ${strings.induction_score} ${score(scores?.induction)}`;
  const role = strings.roles[scores?.role ?? 'none yet'].word;
  const pattern = view?.pattern.subarray(index * T * T, (index + 1) * T * T) ?? new Float32Array();
  const frame = element('rect', {
    width: T,
    height: T,
    fill: 'none',
    stroke: tint.hairline,
    'stroke-width': T / kSide,
  });
  const scale = `translate(${x} ${y}) scale(${kSide / T})`;
  return [
    element('g', { transform: scale, 'shape-rendering': 'crispEdges' }, cells(pattern, T, tint.palette) + frame),
    element('rect', { x, y: y + kSide + 9, width: 8, height: 8, fill: tint.heads[index % tint.heads.length] }),
    label(x + 13, y + kSide + 17, `${headName(layer, head)}  ${role}`, { 'font-weight': 600 }),
    label(x, y + kSide + 33, both, { fill: tint.grey }),
  ].join('');
}

/** A row per cell at or below the diagonal. */
export function mapsTable({ view, config }: App): Table {
  const heads: string[] = [];
  const [queries, keys, shares]: number[][] = [[], [], []];
  const T = view?.tokens.length ?? 0;
  const n_heads = Number(config.n_heads);
  for (let i = 0; view && i < view.pattern.length; i++) {
    const [head, query, key] = [Math.floor(i / (T * T)), Math.floor(i / T) % T, i % T];
    if (key > query) continue;
    heads.push(headName(Math.floor(head / n_heads), head % n_heads));
    queries.push(query);
    keys.push(key);
    shares.push(view.pattern[i]);
  }
  return {
    columns: [
      { name: 'head', values: heads },
      { name: 'query', values: queries },
      { name: 'key', values: keys },
      { name: 'attention', values: shares },
    ],
  };
}
