// What the figures of many seeds are saved as, as they stand when it is asked for.
import type { SmallAxes } from '../charts/small_multiple.ts';
import type { Figure } from '../figures.ts';
import type { SeedRun } from '../many/batch.ts';
import type { Histogram } from '../share/many_svg.ts';
import { manyStrings as words } from '../strings_many.ts';

interface Shown {
  histogram(): Histogram;
  runs(): SeedRun[];
  axes(): SmallAxes;
  /** For the corner of a small figure. */
  corner(run: SeedRun): string;
}

export function savedFigures(shown: Shown): { histogram: Figure; multiples: Figure } {
  const of = () => `${shown.runs().length}-seeds`;
  const title = words.curves_title;
  return {
    histogram: {
      name: 'onsets',
      of,
      title: words.histogram_title,
      svg: async () => (await import('../share/many_svg.ts')).histogramSvg(shown.histogram()),
      table: async () => (await import('../share/many_svg.ts')).histogramTable(shown.histogram()),
    },
    multiples: {
      name: 'curves',
      of,
      title,
      svg: async () => {
        const { multiplesSvg } = await import('../share/many_svg.ts');
        const [runs, axes] = [shown.runs(), shown.axes()];
        const unit = `${words.curves_unit(axes.max_step)}; ${words.key_score}; ${words.key_loss_all(axes.max_loss)}`;
        return multiplesSvg({ title, unit, runs, axes, seed: words.seed, corner: shown.corner });
      },
      table: async () => (await import('../share/many_svg.ts')).multiplesTable(shown.runs()),
    },
  };
}
