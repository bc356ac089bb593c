// Types of the WebAssembly core. Checked against the module's real exports by wasm/check_types.mjs.
// Data fields are snake_case, as in C++, JSON and the URL; functions are camelCase.

/** One value of one knob. */
export type KnobValue = number | boolean | string;
/** A complete Config: every knob of `Schema.knobs` by name. */
export type Config = Record<string, KnobValue>;

/**
 * One line of core/intervene.hpp, such as "ablate 1.2 zero" or "clamp 0.1 previous"; "clamp L.H given" with its pattern, n_ctx rows of as
 * many numbers.
 */
export type Intervention = string | { text: string; pattern: number[][] };

/** A run as a list of phases: the knobs of all of them, and what each has of its own (core/course_json.hpp). */
export interface Course {
  [knob: string]: KnobValue | Intervention[] | CoursePhase[] | undefined;
  /** Held in every phase that names none. */
  interventions?: Intervention[];
  phases?: CoursePhase[];
}

/** Knobs of one phase over the whole's; `steps` is its length. */
export interface CoursePhase {
  [knob: string]: KnobValue | Intervention[] | undefined;
  steps: number;
  interventions?: Intervention[];
  /** Step at which it begins; where the one before ends when it is not given. */
  at?: number;
  /** Step at which its schedule began, when it is a change in the middle of another phase. */
  schedule_from?: number;
}

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
  /** What speaks for the role, with its numbers; without a role, which one is nearest. */
  evidence: string;
  /** Share of tokens whose row of the token K-composition peaks on its diagonal (maths.md (32)); null where that is not defined. */
  token_k_composition: number | null;
}

/** What looks like induction and may be something else. */
export interface Alarm {
  alarm: 'position_only' | 'first_token_sink' | 'harmless' | 'fading';
  /** Both null: about the whole model. */
  layer: number | null;
  head: number | null;
  /** A sentence with the numbers. */
  evidence: string;
}

/** Losses on held-out rows; null where the task has no such positions. */
export interface Losses {
  loss: number;
  loss_new: number | null;
  loss_rep: number | null;
  accuracy_rep: number | null;
  /** Share of rows whose query is answered; null in tasks without a labelled query. */
  accuracy_query: number | null;
}

/** KL divergences in nats per token, from the model's prediction to what a strategy predicts from the context; 0: it does just that. */
export interface StrategyDistances {
  uniform: number;
  unigram: number;
  bigram: number;
}

/** What a probe of the held-out batch found; one line of metrics.jsonl. */
export interface ProbeRecord extends Losses {
  step: number;
  /** Loss at each position of the context, nats; null where nothing is asked. */
  loss_by_position: (number | null)[];
  /** The same losses on periods that training never shows; null where there are none. */
  unseen: Losses | null;
  /** The task's further sets of held-out rows, by name. */
  held_out: Record<string, Losses>;
  /** null in tasks that draw no chain in each context. */
  strategies: StrategyDistances | null;
  heads: HeadScores[];
  alarms: Alarm[];
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
  /** [T, d_vocab and one column more each with a start token and with masked tokens]: predicted probabilities of each token. */
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

export interface HeadPlace {
  layer: number;
  head: number;
}

/** Of a later head's queries, keys and values; null where it is not defined. */
export interface ByInput<T = number | null> {
  q: T;
  k: T;
  v: T;
}

export interface ComposedPair {
  from: HeadPlace;
  to: HeadPlace;
  /**
   * How far the later head moves when that input alone no longer hears the earlier one, 0 to 1 (maths.md (97)): q and k its attention,
   * v its output. chance: without an equally long message that says nothing. Both null where it is not measured.
   */
  effect: ByInput<number> | null;
  chance: ByInput<number> | null;
  /** Frobenius composition (31), to be held against `baseline`. */
  weights: ByInput;
  /** Token K-composition (32) through this earlier head alone. */
  token_k: { share: number; margin: number } | null;
}

export interface Composition {
  step: number;
  /** Held-out rows that effects were measured on. */
  rows: number;
  /** What random matrices get in `weights`. */
  baseline: number;
  /** A sentence for each measure that this model has not; q, k, v: of `weights`. */
  not_defined: ByInput<string | null> & { effect: string | null };
  pairs: ComposedPair[];
}

/** A matrix over pairs of tokens. */
export interface TokenMap {
  /** A sentence why there is none. */
  not_defined: string | null;
  /** [size, size]. */
  values: Float32Array | null;
  /** Share of rows whose largest entry is the diagonal; mean diagonal − mean off-diagonal. */
  diagonal_share: number | null;
  diagonal_margin: number | null;
}

export interface HeadCircuit {
  step: number;
  /** Tokens, special ones included. */
  size: number;
  /** Scores: row looks at column. qk_through: at what the earlier head saw. */
  qk: TokenMap;
  qk_through: TokenMap;
  /** Logits: row, when attended to, raises column. */
  ov: TokenMap;
  /** [real, imaginary]. */
  eigenvalues: [number, number][];
  /** Re Σλ / Σ|λ|, −1 to 1 (33). */
  copying: number | null;
  copying_not_defined: string | null;
}

export interface LogitPart {
  source: 'embedding' | 'head' | 'pair' | 'longer' | 'mlp' | 'norm_bias';
  /** One or two; of an mlp only the layer counts. */
  heads: HeadPlace[];
  /** For each of Attribution.tokens. */
  logits: number[];
}

/** Direct logit attribution: logits over the mean of the vocabulary, nats. The parts of a token add up to its total. */
export interface Attribution {
  step: number;
  position: number;
  /** The true next token, but at the last position, then the one that the model expects. */
  tokens: number[];
  totals: number[];
  /** Why heads are given as wholes, with the final norm's scale as it is; null: by path. */
  not_by_path: string | null;
  parts: LogitPart[];
  /** What the later head adds in all, and would add if its keys did not hear the earlier one. */
  composed: { from: HeadPlace; to: HeadPlace; logits: number[]; without: number[] } | null;
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

/** The Program that ran the last pair of prompts. Row 0 of each gradient chunk is clean, the others are corrupted. */
export interface PatchProgram extends PromptProgram {
  /**
   * Place and position per row, [batch, 2], where the row takes the clean one's value; a place −1 is none. Head h of layer l is the place
   * l · n_heads + h, and the residual streams come behind the heads.
   */
  patched: Region;
  /** [batch, length, tokens]. */
  logits: Region;
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

/** A measurement without a value: a sentence that says why. */
export interface NotDefined {
  not_defined: string;
}

/** What patches bring back of the clean answer: 0 nothing, 1 all of it; it may be below 0 or above 1. */
export interface PatchReport {
  /** Where the logits are compared. */
  position: number;
  /** The answers that are compared. */
  right: number;
  wrong: number;
  /** logit[right] − logit[wrong] after each prompt. */
  clean: number;
  corrupted: number;
  /** [layer][head][position]: the head's output there. */
  head: number[][][];
  /** [layer][position]: the residual stream before each layer, and after the last. */
  resid: number[][];
}

export interface Trainer {
  readonly config: Config;
  /** Width of a head after d_head = 0 (automatic) is resolved. */
  readonly d_head: number;
  readonly n_parameters: number;
  readonly step: number;
  /** What has happened and is planned; `create` takes it and makes the same run. */
  readonly course: Course;
  /** Counts how often the Program was recorded anew, at a phase or an intervention: with another number program() is another one. */
  readonly generation: number;
  /** The step at which the next phase begins, and up to which another executor may go; null when none follows. */
  readonly next_change: number | null;
  /** Names of the knobs that do something in the present Config. */
  shown(): string[];
  task(): TaskFacts;
  /** Does up to n training steps. */
  train(n: number): StepReport;
  /** Applies live knobs; throws CoreError and changes nothing when one is not live or not allowed. */
  set(knobs: Partial<Config>): void;
  /** Holds just these interventions from the present step on; [] lifts all. Throws CoreError and changes nothing when one has no place. */
  intervene(list: Intervention[]): void;
  /** Goes by another Course of the same model from the present step on. Throws CoreError and changes nothing when it cannot. */
  follow(course: Config | Course): void;
  /** Scores and losses on the held-out batch at the present step, with what is held in the model. */
  probe(): ProbeRecord;
  /** A held-out example row of n_ctx tokens. */
  exampleTokens(): Int32Array;
  /** Runs one sequence of 2 to n_ctx tokens through the present model. */
  forward(tokens: ArrayLike<number>): PromptFrame;
  /** Everything that is needed to go on bit-equally, as a safetensors file; `model`: the parameters alone. */
  save(options?: { model?: boolean }): Uint8Array<ArrayBuffer>;
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
  /** Who composes with whom: every head with every head of a later layer, on fixed held-out rows and by the weights. */
  composition(): Composition;
  /** 16 hexadecimal digits over parameters, optimiser state and step. */
  signature(): string;
  dispose(): void;
}

/** What became of a reader's own data. */
export interface DataFacts {
  /** What each token is called. */
  labels: string[];
  /** The least d_vocab that the data needs. */
  d_vocab: number;
  /** Number of tokens. */
  tokens: number;
  /** Kept in checkpoints: a run goes on with the same data only. */
  hash: string;
}

/** What a safetensors file is. */
export interface FileFacts {
  /** run: a checkpoint, to go on from bit-equally. model: parameters that this program wrote alone. weights: of another program. */
  kind: 'run' | 'model' | 'weights';
  /** In force at `step`. Of weights: what the tensors tell, and defaults for the rest. */
  config: Config;
  /** The whole run, as create() takes it; a Config where nothing changes on the way. */
  course: Config | Course;
  step: number;
  /** Of a reader's own data that a run was trained on, which has to be given again; '' for none. */
  data_name: string;
  /** Knobs that the tensors leave open: values that `positions` may have (none: it is known), and whether n_ctx and norm are known. */
  asks: { positions: string[]; n_ctx: boolean; norm: boolean };
}

export interface Core {
  readonly schema: Schema;
  /** What the module takes at present; it never shrinks. */
  readonly memory_bytes: number;
  /** Checks without building: [] when the Config is fine. Unknown knobs are problems. */
  problems(config: Partial<Config> | Course): Problem[];
  /**
   * Hands over the data of the tasks tokens and text, at most 16 MiB, which sessions made from now on read: a text, or a file's bytes.
   * A vocabulary has at most the Config's d_vocab tokens, 256 where it says none. Throws CoreError; earlier data is then kept.
   */
  readData(data: Uint8Array | string, config: Partial<Config>, name?: string): DataFacts;
  /** Reads a safetensors file without opening it. Throws CoreError when it is damaged, of a newer version or of no model. */
  look(bytes: Uint8Array): FileFacts;
  /** A trainer that begins where a file's run is, or at step 0 from its weights; `knobs` says what they leave open. Throws CoreError. */
  open(bytes: Uint8Array, knobs?: Partial<Config>): Trainer;
  /** Missing knobs take their default. Throws CoreError. */
  create(config: Partial<Config> | Course): Trainer;
}

/** Loads the module. Give `wasmBinary` in Node; elsewhere `wasmUrl` or nothing (then beside this file). */
export function loadCore(options?: { wasmBinary?: BufferSource; wasmUrl?: string }): Promise<Core>;
