// The results as files: a line per seed, or everything with the curves.
import type { Config, Course } from '@core/loader.mjs';
import type { SeedRun } from './batch.ts';
import { bestHead } from './trace.ts';

const kColumns = [
  'seed',
  'status',
  'steps',
  'onset_previous_token',
  'onset_induction',
  'loss',
  'loss_new',
  'loss_rep',
  'unseen_loss_rep',
  'best_induction',
  'best_head',
  'signature',
  'message',
] as const;

type Row = Record<(typeof kColumns)[number], string | number | null>;

/** The words of `induction sweep` for what it has too. */
export function rowOf({ seed, step, stopped, onset, trace: { latest }, signature }: SeedRun): Row {
  const head = latest ? bestHead(latest) : null;
  return {
    seed,
    status: stopped === null ? 'finished' : 'diverged',
    steps: step,
    onset_previous_token: onset.previous_token,
    onset_induction: onset.induction,
    loss: latest?.loss ?? null,
    loss_new: latest?.loss_new ?? null,
    loss_rep: latest?.loss_rep ?? null,
    unseen_loss_rep: latest?.unseen?.loss_rep ?? null,
    best_induction: head?.induction ?? null,
    best_head: head ? `${head.layer}.${head.head}` : null,
    signature,
    message: stopped,
  };
}

export function asCsv(runs: SeedRun[]): string {
  const cell = (value: string | number | null) =>
    typeof value === 'string' && /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : String(value ?? '');
  const lines = runs.map(rowOf).map((row) => kColumns.map((column) => cell(row[column])).join(','));
  return [kColumns.join(','), ...lines, ''].join('\n');
}

/** `address` opens the run of the first seed. */
export function asJson(runs: SeedRun[], course: Partial<Config> | Course, address: string): string {
  const results = runs.map((run) => {
    const { step, best, loss } = run.trace;
    return { ...rowOf(run), curves: { step, best_induction: best, loss_rep: loss } };
  });
  return `${JSON.stringify({ address, course, results }, null, 1)}\n`;
}

/** Hands a file to the browser's own download. */
export function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  // The click only starts it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
