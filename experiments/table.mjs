// Writes the table of docs/experiments.md from experiments/*.json and experiments/results/*.json.
// `node experiments/table.mjs` writes it; `--check` says whether it is up to date.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('./', import.meta.url));
const page = fileURLToPath(new URL('../docs/experiments.md', import.meta.url));
const [BEGIN, END] = ['<!-- table: node experiments/table.mjs -->', '<!-- end of table -->'];

const number = (x) => (Number.isInteger(x) ? String(x) : x >= 100 ? x.toFixed(0) : x.toFixed(Math.abs(x) < 10 ? 2 : 1));
function quartiles({ count, never, q1, median, q3 }) {
  if (count === 0) return 'not defined';
  if (never === count) return 'never';
  const part = (x) => (x === null ? 'never' : number(x));
  return q1 === median && q3 === median ? part(median) : `${part(median)} (${part(q1)}–${part(q3)})`;
}

const knobText = (knobs) => Object.entries(knobs).map(([name, value]) => `${name} ${value}`).join(', ');

function rows(name) {
  const spec = JSON.parse(readFileSync(`${here}${name}.json`, 'utf8'));
  const path = `${here}results/${name}.json`;
  if (!existsSync(path)) return [`| **${name}** ${spec.claim} [${spec.source}] | ${knobText(spec.baseline.knobs)} | | not run yet | |`];
  const report = JSON.parse(readFileSync(path, 'utf8'));
  const measured = report.arms.map((arm) => `${arm.name}: ${spec.measure.map((m) => `${m} ${quartiles(arm.summary[m])}`).join(', ')}`);
  const seeds = report.arms[0].runs.length;
  return [`| **${name}** ${spec.claim} [${spec.source}] | ${knobText(spec.baseline.knobs)}; ${seeds} seeds | ${measured.join('<br>')} | **${report.verdict}** | ${Math.round(report.machine_seconds)} s |`];
}

const names = readdirSync(here).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5)).sort();
const table = ['| experiment and claim | baseline | measured: median (quartiles) | verdict | machine time |', '| --- | --- | --- | --- | --- |', ...names.flatMap(rows)].join('\n');
const text = readFileSync(page, 'utf8');
const made = `${text.slice(0, text.indexOf(BEGIN) + BEGIN.length)}\n${table}\n${text.slice(text.indexOf(END))}`;
if (process.argv.includes('--check')) {
  if (made !== text) console.log('docs/experiments.md is not up to date; run node experiments/table.mjs');
  process.exitCode = made === text ? 0 : 1;
} else {
  writeFileSync(page, made);
}
