// What the small figures about one head are saved as. Colours are read when it happens: a file knows no variables of the page.
import type { Attribution, HeadCircuit, HeadScores } from '@core/loader.mjs';
import { logitRows } from '../attribution.ts';
import type { Figure } from '../figures.ts';
import type { Series } from '../series.ts';
import { circuitStrings as words } from '../strings_circuits.ts';
import { colours } from '../theme.ts';
import { askedTokens, partName } from './circuits_plots.ts';

const colourOf = (index: number) => colours().heads[index % colours().heads.length];

export function eigenFigure(found: HeadCircuit, name: string, index: number): Figure {
  const { eigenvalues: values, copying } = found;
  const title = words.eigen_title;
  const caption = words.eigen_caption(name, copying ?? 0);
  return {
    name: `eigenvalues-${name}`,
    title,
    svg: async () =>
      (await import('../share/circuit_svg.ts')).planeSvg({ title, caption, values, colour: colourOf(index) }),
    table: async () => (await import('../share/circuit_svg.ts')).planeTable(values),
  };
}

export function entropyFigure(series: Series, name: string, index: number, even: number): Figure {
  const title = words.entropy_of(name);
  const values = () => series.entropy[index] ?? [];
  return {
    name: `entropy-${name}`,
    title,
    svg: async () => {
      const [{ chartSvg }, { entropyPicture }] = await Promise.all([
        import('../share/chart_svg.ts'),
        import('../share/circuit_svg.ts'),
      ]);
      const picture = entropyPicture(series.step, values(), even, colourOf(index));
      return chartSvg(picture, { title, unit: 'nats', step: words.step_axis }, colours());
    },
    table: async () => (await import('../share/circuit_svg.ts')).entropyTable(series.step, values()),
  };
}

export function logitFigure(
  found: Attribution,
  heads: readonly HeadScores[],
  title: string,
  label: (token: number) => string,
): Figure {
  const columns = askedTokens(found, label);
  const rows = logitRows(found, heads);
  const total = { name: words.part.total, logits: found.totals, induction: false };
  const named = rows.map((row) => ({ name: partName(row), logits: row.logits, induction: row.induction }));
  return {
    name: 'prediction',
    title,
    svg: async () => (await import('../share/circuit_svg.ts')).logitSvg({ title, columns, rows: [...named, total] }),
    table: async () =>
      (await import('../share/circuit_svg.ts')).logitTable(found, columns, (part) => partName({ part, n: 1 })),
  };
}
