// The history of the probes as columns for the charts, bounded in length however long the run.
import type { HeadScores, ProbeRecord } from '@core/loader.mjs';

/** A column may have gaps. */
export type Column = (number | null)[];

/** More points than a chart has pixels are not worth their memory. */
const kMaxPoints = 2048;

export interface OnsetEvent {
  kind: 'previous_token' | 'induction';
  step: number;
  head: HeadScores;
}

export class Series {
  step: number[] = [];
  loss_new: Column = [];
  loss_rep: Column = [];
  unseen_rep: Column = [];
  /** One column per head, layer by layer. */
  previous_token: Column[] = [];
  induction: Column[] = [];
  entropy: Column[] = [];
  latest: ProbeRecord | null = null;
  onsets: OnsetEvent[] = [];

  /** A record at or before the last one comes from a run that went back: it replaces what was there. */
  add(record: ProbeRecord): void {
    this.rewind(record.step - 1);
    this.latest = record;
    this.noteOnset(record, 'previous_token');
    this.noteOnset(record, 'induction');
    this.step.push(record.step);
    this.loss_new.push(record.loss_new);
    this.loss_rep.push(record.loss_rep);
    this.unseen_rep.push(record.unseen?.loss_rep ?? null);
    record.heads.forEach((head, i) => {
      this.previous_token[i] ??= [];
      this.induction[i] ??= [];
      this.entropy[i] ??= [];
      this.previous_token[i].push(head.previous_token);
      this.induction[i].push(head.induction);
      this.entropy[i].push(head.entropy);
    });
    if (this.step.length > kMaxPoints) this.thin();
  }

  /** Forgets what lies after `step`: the run went back to it. */
  rewind(step: number): void {
    const kept = this.step.findLastIndex((at) => at <= step) + 1;
    if (kept === this.step.length) return;
    for (const column of [this.step, ...this.columns()]) column.length = kept;
    this.onsets = this.onsets.filter((onset) => onset.step <= step);
  }

  columns(): Column[] {
    return [this.loss_new, this.loss_rep, this.unseen_rep, ...this.previous_token, ...this.induction, ...this.entropy];
  }

  /** Keeps every second point, so that long runs lose detail evenly and memory stays flat. */
  private thin(): void {
    for (const column of [this.step, ...this.columns()]) {
      const kept = Math.ceil(column.length / 2);
      for (let i = 0; i < kept; i++) column[i] = column[2 * i];
      column.length = kept;
    }
  }

  private noteOnset(record: ProbeRecord, kind: OnsetEvent['kind']): void {
    const step = record.onset[kind];
    if (step === null || this.onsets.some((onset) => onset.kind === kind)) return;
    // The head that stands out most is the one to name.
    const head = record.heads.reduce((best, next) => ((next[kind] ?? 0) > (best[kind] ?? 0) ? next : best));
    this.onsets.push({ kind, step, head });
  }
}
