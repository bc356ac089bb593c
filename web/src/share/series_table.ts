// The curves as columns.
import type { Table } from '../figures.ts';
import { headName } from '../format.ts';
import type { Series } from '../series.ts';

export function seriesTable(series: Series, which: 'losses' | 'scores'): Table {
  const step = { name: 'step', values: series.step };
  if (which === 'losses')
    return {
      columns: [
        step,
        { name: 'loss_new', values: series.loss_new },
        { name: 'loss_rep', values: series.loss_rep },
        { name: 'unseen_loss_rep', values: series.unseen_rep },
      ],
    };
  const heads = series.latest?.heads ?? [];
  const scores = heads.flatMap(({ layer, head }, i) => [
    { name: `previous_token ${headName(layer, head)}`, values: series.previous_token[i] },
    { name: `induction ${headName(layer, head)}`, values: series.induction[i] },
  ]);
  return { columns: [step, ...scores] };
}
