// What the page and its worker say to each other. `Calls` is the only list; requests and replies derive from it.
import type {
  Attribution,
  Composition,
  Config,
  Course,
  DataFacts,
  FileFacts,
  HeadCircuit,
  HeadPlace,
  NotDefined,
  PatchReport,
  ProbeRecord,
  Problem,
  PromptFrame,
  Schema,
  TaskFacts,
} from '@core/loader.mjs';
import type { EngineChoice, EngineName, EngineReport } from './protocol_engine.ts';

// The engines' plain data passes through here, so that web/src/gpu sees this file only.
export type { Batch, EngineState, Program, Region } from '@core/loader.mjs';

export * from './protocol_engine.ts';

export type Bytes = Uint8Array<ArrayBuffer>;

/** A run that has just been opened. */
export interface Run {
  config: Config;
  /** The step at which all that is planned ends. */
  end: number;
  d_head: number;
  n_parameters: number;
  /** The sequence on show: the held-out example. */
  tokens: number[];
  /** Names of the knobs that do something. */
  shown: string[];
  task: TaskFacts;
}

/** What of a run may change on its way. */
export interface InForce {
  config: Config;
  end: number;
  shown: string[];
  task: TaskFacts;
}

export interface Status {
  step: number;
  playing: boolean;
  /** The end is reached; playing on is allowed. */
  finished: boolean;
  /** A sentence when the numbers ran away; the model is back at its last good step. */
  stopped: string | null;
}

/** Before any run was opened. */
export const kNoRun: Run = {
  config: {},
  end: 0,
  d_head: 0,
  n_parameters: 0,
  tokens: [],
  shown: [],
  task: { labels: null, lines: [] },
};

export const kNotBegun: Status = { step: 0, playing: false, finished: false, stopped: null };

export const kNoPast: PastFacts = {
  branch: -1,
  frontier: 0,
  back: false,
  exact: true,
  goal: null,
  possible: true,
  tree: null,
};
export const kNoTree: PastTree = { branches: [], kept: [], states: 0, bytes: 0, most_bytes: 0 };

/** The sequence seen through the model, all numbers in one transferred buffer. */
export interface View extends PromptFrame {
  /** Its maps painted by the graphics device, tile (head, layer) of T by T pixels, transferred; null: drawn from `pattern`. */
  maps: ImageBitmap | null;
}

/** A run, or a fork of one. */
export interface BranchFacts {
  id: number;
  /** null: the run itself. */
  parent: number | null;
  /** The step where it left its parent. */
  from: number;
  /** The furthest step. */
  frontier: number;
  /** What the fork changed. */
  knobs: Partial<Config>;
  /** From here on a graphics device has computed parts of it; null where none has. */
  inexact_from: number | null;
}

/** Where in its run the model on show is. */
export interface PastFacts {
  branch: number;
  /** The furthest step of the branch on show. */
  frontier: number;
  /** An earlier step than that is on show. */
  back: boolean;
  /** WebAssembly alone has computed what is on show: it has the same bits on every machine. */
  exact: boolean;
  /** The step that is being trained up to while an earlier one is on show. */
  goal: number | null;
  /** false: the model is so large that no states of it are kept. */
  possible: boolean;
  /** What seldom changes; null while it has not. */
  tree: PastTree | null;
}

export interface PastTree {
  branches: BranchFacts[];
  /** Steps of the branch on show whose states are kept. */
  kept: number[];
  /** Of all branches. */
  states: number;
  bytes: number;
  /** What `bytes` never exceeds. */
  most_bytes: number;
}

/** One picture of the training, pulled by the page. */
export interface Frame extends Status {
  /** Training loss of the last step in nats; null before the first. */
  loss: number | null;
  /** Measured over the last second or so; 0 while paused. */
  steps_per_second: number;
  /** Of parameters, optimiser state and step; null while playing. */
  signature: string | null;
  /** Probes made since the last frame, oldest first. */
  records: ProbeRecord[];
  /** Grows whenever `view` would look different. */
  version: number;
  engine: EngineName;
  /** Grows when the engine's report has changed. */
  engine_version: number;
  /** Since the last frame another part of the Course has begun, or the run went back to an earlier one; null: all is as it was. */
  in_force: InForce | null;
  /** Through the present model; null when `shown` is still true. */
  view: View | null;
  past: PastFacts;
}

/** An earlier head and a later one that may read it. */
export interface Pair {
  from: HeadPlace;
  to: HeadPlace;
}

/** Which head, and the earlier one that its keys are read through. */
export interface HeadQuestion extends HeadPlace {
  through: HeadPlace | null;
}

/** What the page may ask: name -> [body of the request, body of the reply]. */
export interface Calls {
  schema: [null, Schema];
  check: [{ config: Partial<Config> | Course }, { problems: Problem[] }];
  /** Starts a new run, paused at step 0. When it fails, the old run goes on. */
  open: [{ config: Partial<Config> | Course; engine: EngineChoice }, Run];
  /** As open, from a safetensors file; `knobs` says what it leaves open. */
  open_file: [{ bytes: Bytes; knobs: Partial<Config>; engine: EngineChoice }, Run];
  /** What a file is, without opening it. */
  look: [{ bytes: Bytes }, FileFacts];
  /** The run as one file, or its parameters alone: of the state that the trainer holds. */
  save: [{ model: boolean }, { bytes: Bytes; step: number }];
  /** The furthest state of the branch on show; null while all of it is trained again within seconds. */
  safe: [null, ({ branch: number } & Body<'restore'>) | null];
  /** The branch on show goes on from such a state. */
  restore: [{ step: number; exact: boolean; bytes: Bytes }, Status];
  /** Data of the task text, for runs opened from now on. */
  data: [{ data: Bytes | string; name: string; config: Partial<Config> }, DataFacts];
  /** From the present step on, `at`. */
  set: [{ knobs: Partial<Config> }, InForce & { at: number }];
  /** Holds just these from the present step on: the held-out rows before and after; forked: as another branch, with its records. */
  intervene: [
    { interventions: string[] },
    InForce & { at: number; before: ProbeRecord; after: ProbeRecord; forked: boolean },
  ];
  /** What was to be changed after the present step is not. */
  forget_later: [null, InForce & { at: number }];
  /** null: as fast as the machine can. */
  play: [{ steps_per_second: number | null }, Status];
  pause: [null, Status];
  /** Shows an earlier step of the run. exact: just that one; else a kept state nearby will do. */
  seek: [{ step: number; exact: boolean }, Status];
  /** Goes on from the step on show with other knobs, by `course`; the future that was stays as a branch. */
  fork: [{ knobs: Partial<Config>; course: Course }, Status];
  /** Another branch, at its furthest step or at the given one. */
  select: [{ branch: number; step: number | null }, Status];
  /** Forgets the fork on show: back to the step where it began. */
  undo_fork: [null, Status];
  /** Exactly so many steps, at full speed, then pause. Pausing or opening another run ends it early. */
  advance: [{ steps: number }, Status];
  /** null: the held-out example. */
  prompt: [{ tokens: number[] | null }, { tokens: number[] }];
  /** `buffer` is one the page no longer needs; `palette` holds the colours of 256 shares of attention when they are others than before. */
  frame: [{ shown: number; buffer: ArrayBuffer | null; palette?: Uint32Array | null }, Frame];
  engine: [null, EngineReport];
  /** In mid-run too: training goes on from the same parameters. Answers before the change is done; frames tell when the report grows. */
  choose_engine: [{ choice: EngineChoice }, EngineReport];
  signature: [null, { step: number; signature: string }];
  // About the model that the trainer holds at that moment; ms: what the answer took.
  composition: [null, Composition & { ms: number }];
  head_circuit: [HeadQuestion, HeadCircuit & HeadQuestion & { ms: number }];
  attribution: [{ tokens: number[]; position: number; composed: Pair | null }, Attribution & { ms: number }];
  patching: [PatchPair, (PatchReport | NotDefined) & { pair: PatchPair; step: number; ms: number }];
  /** Times single steps of the open run. */
  measure: [{ steps: number }, { ms: number[] }];
}

/** Two prompts of equal length, where their answers are read, and the two answers that are compared there. */
export interface PatchPair {
  clean: number[];
  corrupted: number[];
  position: number;
  right: number;
  wrong: number;
}

export type Kind = keyof Calls;
export type Body<K extends Kind> = Calls[K][0];
export type Answer<K extends Kind> = Calls[K][1];

export type Request = { [K in Kind]: { id: number; kind: K; body: Body<K> } }[Kind];
/** Whether there is such a call is the Session's business. */
export function isRequest(data: unknown): data is Request {
  if (typeof data !== 'object' || data === null) return false;
  const { id, kind } = data as Record<string, unknown>;
  return Number.isSafeInteger(id) && typeof kind === 'string' && 'body' in data;
}

export type Failure = { message: string; problems: Problem[] };
export type Reply =
  | { [K in Kind]: { id: number; kind: K; answer: Answer<K> } }[Kind]
  | { id: number; failure: Failure };

/** One function per call: what a worker has to implement. */
export type Handlers = { [K in Kind]: (body: Body<K>) => Answer<K> | Promise<Answer<K>> };
