// The runs of one cell: a dot each along an axis, and a list from which each opens.
import { html, svg, type TemplateResult } from 'lit';
import { kMeasures, type Measure, runValue } from './cells.ts';
import { type Atlas, axisKnobs, kDiverged, knobValue, readsFile, runAddress } from './data.ts';

const kWidth = 480;
const kLeft = 24;
const kRight = 404;
const kBins = 60;
const kDot = 2.6;
/** Rows of a long list that are not asked for are not drawn. */
const kRows = 60;

/** The strip shows steps where the cell shows a share of runs. */
function shownMeasure(measure: Measure): Measure {
  return measure.name === 'share' ? (kMeasures.find((other) => other.name === 'onset') as Measure) : measure;
}

function ticks(low: number, high: number): number[] {
  return Array.from({ length: 5 }, (_, i) => low + ((high - low) * i) / 4);
}

/** Ends of the axis: the same for all cells, so that cells can be compared. */
function axisOf(atlas: Atlas, measure: Measure): [number, number] {
  if (measure.range) return measure.range;
  const values: number[] = [];
  for (let run = 0; run < atlas.runs.status.length; run++) {
    const value = measure.name === 'onset' ? atlas.runs.steps[run] : runValue(atlas, run, measure.name);
    if (value !== null) values.push(value);
  }
  const high = values.reduce((a, b) => Math.max(a, b), 0);
  return [0, measure.name === 'onset' ? high || 1 : Math.ceil(high * 2) / 2 || 1];
}

export function drawStrip(atlas: Atlas, runs: number[], chosen: Measure): TemplateResult {
  const measure = shownMeasure(chosen);
  const [low, high] = axisOf(atlas, measure);
  const stacks = new Map<number, number[]>();
  for (const run of runs) {
    const value = runValue(atlas, run, measure.name);
    const bin = value === null ? kBins + 7 : Math.round(((value - low) / (high - low)) * kBins);
    stacks.set(bin, [...(stacks.get(bin) ?? []), run]);
  }
  const tallest = Math.max(1, ...[...stacks.values()].map((stack) => stack.length));
  const step = Math.min(2 * kDot + 1, 132 / tallest);
  const height = tallest * step + 40;
  const x = (bin: number) => kLeft + ((kRight - kLeft) * bin) / kBins;
  const dots = [...stacks].flatMap(([bin, stack]) =>
    stack.map((_, i) => svg`<circle cx=${x(bin)} cy=${height - 32 - kDot - i * step} r=${kDot}></circle>`),
  );
  const none = stacks.get(kBins + 7)?.length ?? 0;
  const label = `${measure.label}: ${runs.length} runs, ${none} of them without`;
  return html`<figure><svg class="strip" viewBox="0 0 ${kWidth} ${height}" role="img" aria-label=${label}>
    <line x1=${kLeft} x2=${kRight} y1=${height - 30} y2=${height - 30}></line>
    ${ticks(low, high).map(
      (value) =>
        svg`<text x=${kLeft + ((kRight - kLeft) * (value - low)) / (high - low)} y=${height - 14}>${measure.text(value)}</text>`,
    )}
    ${none > 0 ? svg`<text x=${x(kBins + 7)} y=${height - 14}>none</text>` : ''}
    ${dots}
  </svg><figcaption class="caption">${measure.label}${measure.unit ? `, ${measure.unit}` : ''}; a dot is a run${none > 0 ? `; none: ${none} of ${runs.length}` : ''}</figcaption></figure>`;
}

/** In the order of the knobs, the seed last. */
function byKnobs(atlas: Atlas, a: number, b: number): number {
  for (const { name } of [...axisKnobs(atlas), { name: 'seed' }]) {
    const places = atlas.places[name];
    if (places && places[a] !== places[b]) return places[a] - places[b];
  }
  return 0;
}

const kStatus = ['finished', 'stopped early', 'diverged'];

export function drawRuns(atlas: Atlas, runs: number[], all: boolean, showAll: () => void): TemplateResult {
  const signatures = atlas.runs.signature.split(' ');
  const knobs = axisKnobs(atlas).filter(({ name }) =>
    runs.some((run) => atlas.places[name][run] !== atlas.places[name][runs[0]]),
  );
  const number = (value: number | null, digits: number) => (value === null ? '–' : value.toFixed(digits));
  const seed = (run: number) => `seed ${knobValue(atlas, run, 'seed') ?? 0}`;
  const row = (run: number) => html`<tr>
    <td>${readsFile(atlas, run) ? seed(run) : html`<a href=${runAddress(atlas, run)}>${seed(run)}</a>`}</td>
    ${knobs.map(({ name }) => html`<td>${knobValue(atlas, run, name)}</td>`)}
    <td>${atlas.runs.onset_previous_token[run] ?? '–'}</td><td>${atlas.runs.onset_induction[run] ?? '–'}</td>
    <td>${number(atlas.runs.loss_rep[run], 2)}</td><td>${number(atlas.runs.induction[run], 2)}</td>
    <td>${atlas.runs.steps[run]}${atlas.runs.status[run] === 0 ? '' : ` (${kStatus[atlas.runs.status[run]]})`}</td>
    <td><code>${signatures[run]}</code></td></tr>`;
  const sorted = [...runs].sort((a, b) => byKnobs(atlas, a, b));
  const shown = all ? sorted : sorted.slice(0, kRows);
  return html`<div class="scroll"><table class="runs">
      <thead><tr><th scope="col">Open the run</th>${knobs.map(({ name }) => html`<th scope="col">${name}</th>`)}
        <th scope="col">previous-token head, step</th><th scope="col">induction head, step</th><th scope="col">loss, nats</th><th scope="col">score</th>
        <th scope="col">steps</th><th scope="col">signature</th></tr></thead>
      <tbody>${shown.map(row)}</tbody></table></div>
    ${shown.length < runs.length ? html`<button class="quiet" @click=${showAll}>Show all ${runs.length} runs</button>` : ''}`;
}

export function divergedOf(atlas: Atlas, runs: number[]): number {
  return runs.filter((run) => atlas.runs.status[run] === kDiverged).length;
}
