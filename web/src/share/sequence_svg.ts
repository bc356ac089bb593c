// The sequence with its arcs as SVG.
import type { App } from '../app.ts';
import type { Table } from '../figures.ts';
import { headName } from '../format.ts';
import { strings } from '../strings.ts';
import { colours } from '../theme.ts';
import { drawing, element, label, paperColour, short } from './svg.ts';

const kLeft = 16;
const kArcs = 96;
const kTop = 44;
const kBox = 24;
const kFaintest = 0.04;

/** The token that looks: the one pointed at, else the last one that still has a next token. */
function queryOf({ view, token }: App): number {
  const T = view?.tokens.length ?? 0;
  return token !== null && token < T ? token : Math.max(0, T - 2);
}

function attentionOf(app: App): Float32Array {
  const T = app.view?.tokens.length ?? 0;
  const index = app.head.layer * Number(app.config.n_heads) + app.head.head;
  const at = (index * T + queryOf(app)) * T;
  return app.view?.pattern.subarray(at, at + T) ?? new Float32Array();
}

export function sequenceSvg(app: App): string {
  const { view, head } = app;
  const tint = colours();
  const labels = Array.from(view?.tokens ?? [], (token) => app.label(token));
  const cell = Math.max(kBox, 12 + 7 * Math.max(1, ...labels.map(({ length }) => length)));
  const index = head.layer * Number(app.config.n_heads) + head.head;
  const colour = tint.heads[index % tint.heads.length];
  const base = kTop + kArcs;
  const parts = [
    label(kLeft, 22, strings.sequence_title, { 'font-size': 15, 'font-weight': 600 }),
    ...arcs(app, { cell, base, colour }),
    ...labels.map((text, t) => tokenBox(app, { text, t, cell, y: base + 2 })),
    label(kLeft, base + kBox + 22, strings.sequence_arcs(headName(head.layer, head.head), queryOf(app)), {
      fill: tint.grey,
    }),
  ];
  const width = Math.max(480, 2 * kLeft + cell * labels.length);
  const sheet = { width, height: base + kBox + 36, title: strings.sequence_title, paper: paperColour(), ink: tint.ink };
  return drawing(sheet, parts.join(''));
}

function arcs(app: App, { cell, base, colour }: { cell: number; base: number; colour: string }): string[] {
  const query = queryOf(app);
  const row = attentionOf(app);
  const middle = (t: number) => kLeft + (t + 0.5) * cell;
  return Array.from(row.subarray(0, query), (share, key) => {
    if (share < kFaintest) return '';
    const high = base - (1.33 * (kArcs - 8) * Math.sqrt(query - key)) / Math.sqrt(row.length);
    const [from, to] = [short(middle(key)), short(middle(query))];
    return element('path', {
      d: `M${from} ${base}C${from} ${short(high)} ${to} ${short(high)} ${to} ${base}`,
      fill: 'none',
      stroke: colour,
      'stroke-width': 4 * share,
      opacity: 0.35 + 0.65 * share,
    });
  });
}

function tokenBox(app: App, { text, t, cell, y }: { text: string; t: number; cell: number; y: number }): string {
  const loss = t === 0 ? 0 : (app.view?.loss[t - 1] ?? 0);
  const surprise = Math.min(1, loss / (1.25 * Math.log(Number(app.config.d_vocab))));
  const { ink } = colours();
  const x = kLeft + t * cell + 1;
  const chosen = t === queryOf(app);
  return [
    element('rect', { x, y, width: cell - 2, height: kBox, fill: ink, 'fill-opacity': 0.34 * surprise }),
    chosen
      ? element('rect', { x, y, width: cell - 2, height: kBox, fill: 'none', stroke: ink, 'stroke-width': 2 })
      : '',
    label(x + cell / 2 - 1, y + 16, text, { 'text-anchor': 'middle' }),
  ].join('');
}

export function sequenceTable(app: App): Table {
  const { view, head } = app;
  const tokens = Array.from(view?.tokens ?? []);
  return {
    columns: [
      { name: 'position', values: tokens.map((_, t) => t) },
      { name: 'token', values: tokens.map((token) => app.vocabulary.labels[token] ?? String(token)) },
      { name: 'loss', values: tokens.map((_, t) => (t === 0 ? null : (view?.loss[t - 1] ?? null))) },
      {
        name: `attention of head ${headName(head.layer, head.head)} from ${queryOf(app)}`,
        values: Array.from(attentionOf(app)),
      },
    ],
  };
}
