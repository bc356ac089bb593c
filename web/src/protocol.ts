// What the page and its worker say to each other. `Calls` is the only list; requests and replies derive from it.
import type {
  Attribution,
  Composition,
  Config,
  DataFacts,
  HeadCircuit,
  HeadPlace,
  ProbeRecord,
  Problem,
  PromptFrame,
  Schema,
  TaskFacts,
} from '@core/loader.mjs';

// The engines' plain data passes through here, so that web/src/gpu sees this file only.
export type { Batch, EngineState, Program, Region } from '@core/loader.mjs';

export type EngineName = 'wasm' | 'webgpu';
/**
 * auto: WebAssembly, equal to the bit everywhere, for models that it trains fast enough; WebGPU on a real graphics processor for larger
 * ones.
 */
export type EngineChoice = 'auto' | EngineName;

/** What the engine panel shows. */
export interface EngineReport {
  choice: EngineChoice;
  /** Who trains now. */
  engine: EngineName;
  /** Of the graphics device. untried: not looked for yet; refused: `error` says why. */
  gpu: 'untried' | 'opening' | 'checking' | 'ready' | 'refused';
  /** What happened last, in one sentence, for everybody: a fall-back, a recovery, a switch; null when there is nothing to tell. */
  notice: string | null;
  adapter: string | null;
  vendor: string | null;
  /** The adapter computes on the processor. */
  software: boolean | null;
  /** Both engines compared before the graphics device trains: differences relative to the largest entry, on `rows` sequences. */
  parity: { worst: number; kernel: string; tolerance: number; rows: number; kernels: Record<string, number> } | null;
  dispatches_per_step: number | null;
  /** Devices lost and replaced in this run. */
  recoveries: number;
  /** The last error in full. */
  error: string | null;
}

/** A new run, before anything is known of a graphics device. */
export const kNewReport: EngineReport = {
  choice: 'auto',
  engine: 'wasm',
  gpu: 'untried',
  notice: null,
  adapter: null,
  vendor: null,
  software: null,
  parity: null,
  dispatches_per_step: null,
  recoveries: 0,
  error: null,
};

/** A run that has just been opened. */
export interface Run {
  config: Config;
  d_head: number;
  n_parameters: number;
  /** The sequence on show: the held-out example. */
  tokens: number[];
  /** Names of the knobs that do something. */
  shown: string[];
  task: TaskFacts;
}

export interface Status {
  step: number;
  playing: boolean;
  /** `steps` is reached; playing on is allowed. */
  finished: boolean;
  /** A sentence when the numbers ran away; the model is back at its last good step. */
  stopped: string | null;
}

/** Before any run was opened. */
export const kNoRun: Run = {
  config: {},
  d_head: 0,
  n_parameters: 0,
  tokens: [],
  shown: [],
  task: { labels: null, lines: [] },
};

/** A run that has just been opened. */
export const kNotBegun: Status = { step: 0, playing: false, finished: false, stopped: null };

/** The sequence seen through the model, all numbers in one transferred buffer. */
export interface View extends PromptFrame {
  /** Its maps painted by the graphics device, tile (head, layer) of T by T pixels, transferred; null: drawn from `pattern`. */
  maps: ImageBitmap | null;
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
  /** Through the present model; null when `shown` is still true. */
  view: View | null;
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
  check: [{ config: Partial<Config> }, { problems: Problem[] }];
  /** Starts a new run, paused at step 0. When it fails, the old run goes on. */
  open: [{ config: Partial<Config>; engine: EngineChoice }, Run];
  /** Data of the task text, for runs opened from now on. */
  data: [{ data: Uint8Array<ArrayBuffer> | string; name: string; config: Partial<Config> }, DataFacts];
  set: [{ knobs: Partial<Config> }, { config: Config; shown: string[] }];
  /** null: as fast as the machine can. */
  play: [{ steps_per_second: number | null }, Status];
  pause: [null, Status];
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
  /** Times single steps of the open run. */
  measure: [{ steps: number }, { ms: number[] }];
}

export type Kind = keyof Calls;
export type Body<K extends Kind> = Calls[K][0];
export type Answer<K extends Kind> = Calls[K][1];

export type Request = { [K in Kind]: { id: number; kind: K; body: Body<K> } }[Kind];
export type Failure = { message: string; problems: Problem[] };
export type Reply =
  | { [K in Kind]: { id: number; kind: K; answer: Answer<K> } }[Kind]
  | { id: number; failure: Failure };

/** One function per call: what a worker has to implement. */
export type Handlers = { [K in Kind]: (body: Body<K>) => Answer<K> | Promise<Answer<K>> };
