// What the tour asks of the model on show.
import type { App } from '../app.ts';
import { headName } from '../format.ts';
import type { OnsetEvent } from '../series.ts';

/** After the onset the loss needs some steps to fall. */
const kFall = 120;

export function onsetOf({ series }: App, kind: OnsetEvent['kind']): OnsetEvent | undefined {
  return series.onsets.find((onset) => onset.kind === kind);
}

export function nameOf(app: App, kind: OnsetEvent['kind']): string {
  const head = onsetOf(app, kind)?.head;
  return head ? headName(head.layer, head.head) : '';
}

/** The circuit is there, and had time to show in the loss. */
export function formed(app: App): boolean {
  return app.status.step >= (onsetOf(app, 'induction')?.step ?? Number.POSITIVE_INFINITY) + kFall;
}

export function choose(app: App, kind: OnsetEvent['kind']): void {
  const head = nameOf(app, kind);
  if (head) app.setView({ head });
}
