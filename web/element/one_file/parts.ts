// The figure's script, which is in this file, part by part: run in one task, it would hold up the article.
import { ownTask } from '../own_task.ts';

const kParts: readonly (() => Promise<unknown>)[] = [
  () => import('../../src/app.ts'),
  () => import('../../src/panels/panel.ts'),
  () => import('../../src/charts/line_chart.ts'),
  () => import('../../src/panels/heads.ts'),
  () => import('../../src/panels/curves.ts'),
  () => import('../../src/panels/sequence.ts'),
  () => import('../../src/panels/controls.ts'),
  () => import('../view.ts'),
];

async function inTurn<T>(part: () => Promise<T>): Promise<T> {
  await ownTask();
  return part();
}

/** The last part is the whole. */
export async function loadFigure(): Promise<typeof import('../figure.ts')> {
  for (const part of kParts) void inTurn(part).catch(() => undefined);
  return inTurn(() => import('../figure.ts'));
}
