// The small pictures of the section: eigenvalues in the complex plane, entropy over training, the rows that make a logit.
import type { Attribution, HeadScores } from '@core/loader.mjs';
import { html, nothing, svg } from 'lit';
import { type LogitRow, logitRows } from '../attribution.ts';
import { headName, three, whole } from '../format.ts';
import type { Column } from '../series.ts';
import { circuitStrings as words } from '../strings_circuits.ts';

/** Half the side of the plane in the SVG's own units. */
const kHalf = 100;

export function eigenPlane(values: readonly [number, number][]) {
  const most = Math.max(1e-9, ...values.map(([re, im]) => Math.hypot(re, im)));
  const at = (x: number) => (0.88 * kHalf * x) / most;
  return html`
    <svg class="plane" viewBox="${-kHalf} ${-kHalf} ${2 * kHalf} ${2 * kHalf}" aria-hidden="true">
      <rect class="copying" x="0" y=${-kHalf} width=${kHalf} height=${2 * kHalf} />
      <circle class="ring" r=${at(most)} />
      <path class="axis" d="M${-kHalf} 0H${kHalf}M0 ${-kHalf}V${kHalf}" />
      ${values.map(([re, im]) => svg`<circle class="value" cx=${at(re).toFixed(2)} cy=${(-at(im)).toFixed(2)} r="4.5" />`)}
      <text x=${at(most) - 2} y="13" text-anchor="end">${three(most)}</text>
    </svg>
    <div class="hidden">
      <p>${words.eigen_list}</p>
      <ul>${values.map(([re, im]) => html`<li>${three(re)}, ${three(im)}</li>`)}</ul>
    </div>
  `;
}

/** Entropy of even attention, mean over T positions: mean of ln(t + 1). */
export function evenEntropy(T: number): number {
  let sum = 0;
  for (let t = 1; t <= T; t++) sum += Math.log(t);
  return sum / T;
}

export function entropyLine(step: readonly number[], column: Column, even: number) {
  const last = Math.max(1, step.at(-1) ?? 1);
  const points = column.flatMap((value, i) =>
    value === null ? [] : [`${((300 * step[i]) / last).toFixed(1)},${(80 - (72 * value) / even).toFixed(1)}`],
  );
  const stride = Math.max(1, Math.ceil(column.length / 8));
  return html`
    <svg class="entropy" viewBox="0 0 300 84" preserveAspectRatio="none" aria-hidden="true">
      <path class="even" d="M0 8H300" /><path class="axis" d="M0 80H300" />
      <polyline points=${points.join(' ')} />
    </svg>
    <p class="caption ends"><span>0</span><span>${whole(last)}</span></p>
    <div class="hidden">
      <p>${words.entropy_values}</p>
      <ul>${column.map((value, i) => (i % stride === 0 ? html`<li>${whole(step[i])}: ${three(value)}</li>` : nothing))}</ul>
    </div>
  `;
}

export function partName({ part, n }: Pick<LogitRow, 'part' | 'n'>): string {
  if (!part) return words.part.rest(n);
  const names = part.heads.map(({ layer, head }) => headName(layer, head));
  switch (part.source) {
    case 'head':
      return words.part.head(names[0]);
    case 'pair':
      return words.part.pair(names[0], names[1]);
    case 'mlp':
      return words.part.mlp(part.heads[0].layer);
    default:
      return words.part[part.source];
  }
}

/** A bar to the right of the middle for what raises, to the left for what lowers. */
function bar(value: number, most: number) {
  const share = (50 * Math.abs(value)) / most;
  const side = value < 0 ? `right:50%` : `left:50%`;
  return html`<span class="logit-bar ${value < 0 ? 'minus' : ''}"><span style="${side};width:${share.toFixed(2)}%"></span></span>`;
}

/** The tokens that a prediction is asked about: the true next one and the expected one, or both in one. */
export function askedTokens({ tokens }: Attribution, label: (token: number) => string): string[] {
  const [first, second] = tokens;
  if (tokens.length === 2 && first === second) return [words.right_and_top(label(first))];
  return tokens.map((token, i) =>
    i === 0 && tokens.length === 2 ? words.right(label(token)) : words.top(label(token)),
  );
}

export function logitTable(found: Attribution, heads: readonly HeadScores[], label: (token: number) => string) {
  const rows = logitRows(found, heads);
  const asked = askedTokens(found, label);
  const most = Math.max(1e-9, ...[...rows, { logits: found.totals }].flatMap(({ logits }) => logits.map(Math.abs)));
  const cells = (logits: readonly number[]) =>
    asked.map((_, i) => html`<td>${bar(logits[i], most)}<span class="number">${three(logits[i])}</span></td>`);
  return html`
    <table class="logits">
      <thead><tr><th scope="col"><span class="hidden">${words.column}</span></th>${asked.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
      <tbody>
        ${rows.map(
          (row) => html`<tr class=${row.induction ? 'induction' : ''}>
            <th scope="row">${partName(row)}${row.induction ? html` <span class="path-name">↻ ${words.induction_path}</span>` : nothing}</th>${cells(row.logits)}
          </tr>`,
        )}
      </tbody>
      <tfoot><tr><th scope="row">${words.part.total}</th>${cells(found.totals)}</tr></tfoot>
    </table>
  `;
}
