// Types of the WebAssembly core. Checked against the module's real exports by wasm/check_types.mjs.
// Data fields are snake_case, as in C++, JSON and the URL; functions are camelCase.

/** One value of one knob. */
export type KnobValue = number | boolean | string;
/** A complete Config: every knob of `Schema.knobs` by name. */
export type Config = Record<string, KnobValue>;

export interface Knob {
  name: string;
  group: 'run' | 'model' | 'optimiser' | 'task';
  type: 'integer' | 'real' | 'boolean' | 'choice';
  default: KnobValue;
  /** Allowed range (numbers only). */
  min?: number;
  max?: number;
  /** The part of the range a slider shows, and whether it is logarithmic. */
  slider_min?: number;
  slider_max?: number;
  slider_log?: boolean;
  /** Allowed words (choices only). */
  options?: string[];
  /** live: applies to the running model at once. rebuild: needs a new model. */
  when: 'live' | 'rebuild';
  /** '' when dimensionless. */
  unit: string;
  /** One line of help. */
  doc: string;
}

export interface Preset {
  name: string;
  /** One sentence for people. */
  doc: string;
  config: Config;
}

export interface Schema {
  knobs: Knob[];
  presets: Preset[];
}

/** A sentence about one knob ('' when it is about the whole Config). */
export interface Problem {
  knob: string;
  message: string;
}

/** Thrown by create, set, load and forward; `problems` is never empty. */
export class CoreError extends Error {
  readonly problems: Problem[];
}

export type Role = 'previous token' | 'induction' | 'duplicate token' | 'first token' | 'none yet';

export interface HeadScores {
  layer: number;
  head: number;
  /** Mean attention to the token before, 0 to 1. */
  previous_token: number;
  /** Content prefix matching, 0 to 1; null where the task repeats nothing. */
  induction: number | null;
  duplicate_token: number | null;
  first_token: number;
  /** Mean attention entropy in nats. */
  entropy: number;
  role: Role;
  /** How sure the role is, 0 to 1. */
  confidence: number;
}

/** Losses on held-out rows; null where the task has no such positions. */
export interface Losses {
  loss: number;
  loss_new: number | null;
  loss_rep: number | null;
  accuracy_rep: number | null;
}

/** What a probe of the held-out batch found; one line of metrics.jsonl. */
export interface ProbeRecord extends Losses {
  step: number;
  /** Loss at each position of the context, nats. */
  loss_by_position: number[];
  /** The same losses on periods that training never shows; null where there are none. */
  unseen: Losses | null;
  heads: HeadScores[];
  /** First step at which a head of that kind was found; null before. */
  onset: { previous_token: number | null; induction: number | null };
}

/** What the model does with one sequence of T tokens. Arrays are copies. */
export interface PromptFrame {
  tokens: Int32Array;
  /** [n_layers, n_heads, T, T], query before key. */
  pattern: Float32Array;
  /** [T - 1]: nats for predicting token t + 1 at t. */
  loss: Float32Array;
  /** [T, d_vocab]: predicted next-token probabilities. */
  probabilities: Float32Array;
  /** [T, T]: 1 where key s follows an earlier copy of the token at query t: where an induction head should look. */
  induction_targets: Uint8Array;
}

/** A level that a loss curve can be held against, worked out from the task's distribution. */
export interface TaskLine {
  name: string;
  /** Nats per token; null when it is not a finite number. */
  value: number | null;
  doc: string;
  /** Of the inducible positions' loss (loss_rep), not of the loss over all positions. */
  inducible: boolean;
}

/** What people may be told about a task. */
export interface TaskFacts {
  /** Names of the tokens; null where they have none but their numbers. */
  labels: string[] | null;
  lines: TaskLine[];
}

export interface StepReport {
  /** Training steps done so far. */
  step: number;
  /** Mean training loss of the last step in nats. */
  loss: number;
  /** A sentence when training stopped because the numbers ran away; the model is back at the last good step. */
  stopped: string | null;
}

/** [offset, size] in floats of the arena. */
export type Region = [number, number];

/** A recorded Program as plain data: all that an executor needs. Offsets and sizes are floats of one arena. */
export interface Program {
  /**
   * Steps of kStepWords words each (core/step.hpp). draw: makes a training step's batch, or (given) takes it from outside; empty where
   * there is none to make.
   */
  draw: Uint32Array<ArrayBuffer>;
  forward: Uint32Array<ArrayBuffer>;
  backward: Uint32Array<ArrayBuffer>;
  finish: Uint32Array<ArrayBuffer>;
  update: Uint32Array<ArrayBuffer>;
  /** Whoever runs this gives each training step's batch: Trainer.batch. */
  given: boolean;
  /** 32-bit numbers that the draw Step reads; may be empty. */
  draw_table: Uint32Array<ArrayBuffer>;
  /** Names by the number in a Step's first word. Those of draw Steps, draw_<task> and draw_given, come last. */
  kernels: string[];
  arena_floats: number;
  batch: number;
  length: number;
  chunks: number;
  chunk_sequences: number;
  regions: { parameters: Region; gradients: Region; chunks: Region; moment1: Region; moment2: Region };
  /** Where each layer's pattern lies, [batch, n_heads, length, length]. */
  patterns: number[];
  /** Where [batch, length] tokens, targets and losses lie, and the statistics of core/step.hpp. */
  tokens: number;
  targets: number;
  loss: number;
  statistics: number;
  /** What a batch is made of: tokens, targets. */
  inputs: Region[];
}

/** The Program that ran the last prompt (a batch of one), with a copy of its whole arena: constants, tokens, parameters. */
export interface PromptProgram extends Program {
  arena: Float32Array<ArrayBuffer>;
}

/** One training step's batch: the numbers of each of Program.inputs. */
export type Batch = Float32Array<ArrayBuffer>[];

/** What an engine hands to another one; each part as long as the Program's parameter region. */
export interface EngineState {
  step: number;
  parameters: Float32Array;
  moment1: Float32Array;
  moment2: Float32Array;
}

/** 32-bit words of one Step. */
export const kStepWords: 56;

export interface Trainer {
  readonly config: Config;
  /** Width of a head after d_head = 0 (automatic) is resolved. */
  readonly d_head: number;
  readonly n_parameters: number;
  readonly step: number;
  /** Names of the knobs that do something in the present Config. */
  shown(): string[];
  task(): TaskFacts;
  /** Does up to n training steps. */
  train(n: number): StepReport;
  /** Applies live knobs; throws CoreError and changes nothing when one is not live or not allowed. */
  set(knobs: Partial<Config>): void;
  /** Scores and losses on the held-out batch at the present step. */
  probe(): ProbeRecord;
  /** A held-out example row of n_ctx tokens. */
  exampleTokens(): Int32Array;
  /** Runs one sequence of 2 to n_ctx tokens through the present model. */
  forward(tokens: ArrayLike<number>): PromptFrame;
  /** Everything that is needed to go on bit-equally, as a safetensors file. */
  save(): Uint8Array;
  load(bytes: Uint8Array): void;
  /** What this trainer runs, for another executor. `given`: batches come from outside, even where WGSL could draw them. */
  program(options?: { given?: boolean }): Program;
  /** A copy of a part of the arena, or of all: constants, parameters, state, and whatever the last step left. */
  arena(region?: Region): Float32Array<ArrayBuffer>;
  /**
   * What the last forward(tokens) ran, for another executor; its parameters lie as in program(). Throws CoreError when there was none.
   */
  promptProgram(): PromptProgram;
  /** The numbers of core/step.hpp's Hyper at a training step; at the present one when none is given. */
  hyper(step?: number): Float32Array<ArrayBuffer>;
  /** What to say when another engine's numbers ran away in a training step; names the last good step of this trainer. */
  runaway(step: number): string;
  /** The batch of a training step; of the present one when none is given. Writes it into the arena too. */
  batch(step?: number): Batch;
  /** Goes on from another engine's state. Throws CoreError when a part has another length. */
  restore(state: EngineState): void;
  /** Runs one Step by itself on the arena, for comparing engines. chunked: as in forward and backward. */
  runAlone(words: ArrayLike<number>, chunked: boolean): void;
  /** 16 hexadecimal digits over parameters, optimiser state and step. */
  signature(): string;
  dispose(): void;
}

export interface Core {
  readonly schema: Schema;
  /** Checks without building: [] when the Config is fine. Unknown knobs are problems. */
  problems(config: Partial<Config>): Problem[];
  /** Missing knobs take their default. Throws CoreError. */
  create(config: Partial<Config>): Trainer;
}

/** Loads the module. Give `wasmBinary` in Node; elsewhere `wasmUrl` or nothing (then beside this file). */
export function loadCore(options?: { wasmBinary?: BufferSource; wasmUrl?: string }): Promise<Core>;
