// The history of the probes as columns for the charts, bounded in length however long the run.
import type { HeadScores, ProbeRecord } from '@core/loader.mjs';

/** A column may have gaps. */
export type Column = (number | null)[];

/** More points than a chart has pixels are not worth their memory. */
const kMaxPoints = 2048;
/** Whole records, for a step that one goes back to, take more: so many scores of heads at most. */
const kMostScores = 2048;

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
  /** The step on show; beyond the last one while the run goes on. */
  playhead = Number.POSITIVE_INFINITY;
  /** Of the whole run, also where an earlier step is on show. */
  all_onsets: OnsetEvent[] = [];
  /** In full, for metrics.jsonl; thinned in very long runs. */
  records: ProbeRecord[] = [];

  /** What was last known at the step on show. */
  get latest(): ProbeRecord | null {
    const { playhead, records } = this;
    return records.findLast(({ step }) => step <= playhead) ?? records[0] ?? null;
  }

  /** What was known last of the whole run. */
  get final(): ProbeRecord | null {
    return this.records.at(-1) ?? null;
  }

  /** What had happened by the step on show. */
  get onsets(): OnsetEvent[] {
    return this.all_onsets.filter(({ step }) => step <= this.playhead);
  }

  /** The last probed step. */
  get last_step(): number {
    return this.step.at(-1) ?? 0;
  }

  /** The same up to a step: what a fork there has in common with this run. */
  until(step: number): Series {
    const copy = new Series();
    for (const record of this.records) if (record.step <= step) copy.noteOnsets(record);
    const kept = this.step.findLastIndex((at) => at <= step) + 1;
    copy.step = this.step.slice(0, kept);
    for (const name of ['loss_new', 'loss_rep', 'unseen_rep'] as const) copy[name] = this[name].slice(0, kept);
    for (const name of ['previous_token', 'induction', 'entropy'] as const)
      copy[name] = this[name].map((column) => column.slice(0, kept));
    copy.records = this.records.filter((record) => record.step <= step);
    return copy;
  }

  /** A record at or before the last one comes from a run that went back: it replaces what was there. */
  add(record: ProbeRecord): void {
    this.rewind(record.step - 1);
    this.noteOnsets(record);
    this.records.push(record);
    if (this.records.length > Math.max(64, kMostScores / Math.max(8, record.heads.length))) this.thinRecords();
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
    this.all_onsets = this.all_onsets.filter((onset) => onset.step <= step);
    this.records = this.records.filter((record) => record.step <= step);
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

  /** Every second one, but for the first, the last, and those that tell of an onset. */
  private thinRecords(): void {
    const { records, all_onsets } = this;
    const told = (step: number) => all_onsets.some((onset) => onset.step === step);
    this.records = records.filter(({ step }, i) => i % 2 === 0 || i === records.length - 1 || told(step));
  }

  private noteOnsets(record: ProbeRecord): void {
    this.noteOnset(record, 'previous_token');
    this.noteOnset(record, 'induction');
  }

  private noteOnset(record: ProbeRecord, kind: OnsetEvent['kind']): void {
    const step = record.onset[kind];
    if (step === null || this.all_onsets.some((onset) => onset.kind === kind)) return;
    // The head that stands out most is the one to name.
    const head = record.heads.reduce((best, next) => ((next[kind] ?? 0) > (best[kind] ?? 0) ? next : best));
    this.all_onsets.push({ kind, step, head });
  }
}
