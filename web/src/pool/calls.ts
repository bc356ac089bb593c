// What a background worker can be asked. `SideCalls` is the only list; requests and replies derive from it.
import type { Config, Course, DataFacts, ProbeRecord, Problem, PromptFrame } from '@core/loader.mjs';
import type { Run } from '../protocol.ts';

/** Data of the tasks text and tokens: a reader's own. */
export interface SideData {
  data: Uint8Array<ArrayBuffer> | string;
  name: string;
  config: Partial<Config>;
}

/** A run at step 0. */
export interface SideRun extends Run {
  record: ProbeRecord;
  /** Of the worker's WebAssembly module, in bytes: it never shrinks. */
  memory: number;
}

export interface SideProgress {
  step: number;
  /** Training loss of the last step in nats; null when none was done. */
  loss: number | null;
  /** A sentence when the numbers ran away; the model is back at its last good step. */
  stopped: string | null;
  /** Probes made on the way, oldest first; the same steps as in the page. */
  records: ProbeRecord[];
  /** What it took. */
  ms: number;
}

/** Name -> [body of the request, body of the reply]. A worker holds one run, and does nothing unasked: who asks decides on the pace. */
export interface SideCalls {
  /** Read by runs opened from now on. */
  data: [SideData, DataFacts];
  /** Lets the old run go. keep: with checkpoints at probes, so that `back` is quick. */
  open: [{ course: Partial<Config> | Course; keep: boolean }, SideRun];
  /** Up to step `to`, or for about so many milliseconds. */
  train: [{ to: number; ms: number }, SideProgress];
  /** To the latest step at or before `to` that there is a checkpoint of; training on from there is the same run, to the bit. */
  back: [{ to: number }, { step: number; record: ProbeRecord }];
  /** One sequence through the present model; null: its own held-out example. */
  view: [{ tokens: number[] | null }, PromptFrame];
  signature: [null, { step: number; signature: string }];
  /** All that is needed to go on in another worker. */
  save: [null, { bytes: Uint8Array<ArrayBuffer> }];
  /** Of the same run as the open one. */
  load: [{ bytes: Uint8Array<ArrayBuffer> }, { step: number }];
}

export type SideKind = keyof SideCalls;
export type SideBody<K extends SideKind> = SideCalls[K][0];
export type SideAnswer<K extends SideKind> = SideCalls[K][1];
export type SideRequest = { [K in SideKind]: { id: number; kind: K; body: SideBody<K> } }[SideKind];
/** broken: not a refusal, so the worker is not to be trusted any more. */
export type SideFailure = { message: string; problems: Problem[]; broken: boolean };
export type SideReply =
  | { [K in SideKind]: { id: number; kind: K; answer: SideAnswer<K> } }[SideKind]
  | { id: number; failure: SideFailure };
export type SideHandlers = { [K in SideKind]: (body: SideBody<K>) => SideAnswer<K> };
