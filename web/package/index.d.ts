// Types of the package. web/test/package_types.ts holds them against the sources.

export type KnobValue = number | boolean | string;
/** Every knob by name; `trainer.schema.knobs` says what they are. */
export type Config = Record<string, KnobValue>;
/** A preset's name, or knobs, with `preset` to begin from; what is not given is the preset's. */
export type Wanted = string | (Record<string, KnobValue> & { preset?: string });
export type EngineChoice = 'auto' | 'wasm' | 'webgpu';

export interface Knob {
  name: string;
  group: 'run' | 'model' | 'optimiser' | 'task';
  type: 'integer' | 'real' | 'boolean' | 'choice';
  default: KnobValue;
  min?: number;
  max?: number;
  options?: string[];
  /** live: may be set while the run goes on. */
  when: 'live' | 'rebuild';
  unit: string;
  doc: string;
}

export interface Schema {
  knobs: Knob[];
  presets: { name: string; doc: string; config: Config }[];
}

export interface HeadScores {
  layer: number;
  head: number;
  /** Mean attention to the token before, 0 to 1. */
  previous_token: number;
  /** Attention to what followed the same token last time, 0 to 1; null where the task repeats nothing. */
  induction: number | null;
  duplicate_token: number | null;
  first_token: number;
  /** Mean attention entropy in nats. */
  entropy: number;
  role: 'previous token' | 'induction' | 'duplicate token' | 'first token' | 'none yet';
  confidence: number;
  evidence: string;
}

/** What a probe of the held-out rows found; losses in nats per token. */
export interface ProbeRecord {
  step: number;
  loss: number;
  loss_new: number | null;
  loss_rep: number | null;
  accuracy_rep: number | null;
  heads: HeadScores[];
}

export interface Frame {
  step: number;
  /** Training loss of the last step in nats; null before the first. */
  loss: number | null;
  signature: string | null;
  /** Every probe so far, oldest first. */
  records: ProbeRecord[];
  /** The last probe's heads. */
  heads: HeadScores[];
  tokens: Int32Array;
  /** [layer, head, query, key] */
  pattern: Float32Array;
  /** [position, token]: what the model expects next. */
  probabilities: Float32Array;
  /** Of each next token of the sequence, nats. */
  token_loss: Float32Array;
}

export type Reading = Pick<Frame, 'tokens' | 'pattern' | 'probabilities' | 'token_loss'>;

export interface Trainer {
  readonly schema: Schema;
  readonly config: Config;
  /** So many training steps; how far it is then. Throws when the numbers ran away. */
  run(steps: number): Promise<{ step: number; loss: number | null }>;
  frame<P extends keyof Frame>(parts: readonly P[]): Promise<Pick<Frame, P>>;
  /** What the model makes of a sequence of tokens; null is the held-out example. */
  probe(tokens?: readonly number[] | null): Promise<Reading>;
  /** Live knobs, from the next step on. */
  set(knobs: Partial<Config>): Promise<void>;
  /** Holds just these lines from the next step on, such as 'ablate 1.2 zero'. */
  intervene(lines: readonly string[]): Promise<{ before: ProbeRecord; after: ProbeRecord }>;
  /** Of parameters, optimiser state and step: the same on every machine. */
  signature(): Promise<string>;
  /** A safetensors file: the run, or `model`, its parameters alone. */
  save(options?: { model?: boolean }): Promise<Uint8Array>;
  /** Goes on where a saved run was. */
  load(file: Uint8Array): Promise<void>;
  dispose(): void;
}

/** A run at step 0. Throws with a sentence about what is wrong in the configuration. */
export function createTrainer(config?: Wanted, options?: { engine?: EngineChoice }): Promise<Trainer>;

export type State = 'poster' | 'loading' | 'ready' | 'playing' | 'paused' | 'finished' | 'error';
export type Ablation = 'zero' | 'mean' | 'resample' | 'pattern_preserving';

/** A run that can be given back to `setState`. */
export interface FigureState {
  version: 1;
  address: string;
  step: number;
}

export class InductionPlayground extends HTMLElement {
  /** Resolves when the figure is there; rejects with the sentence of `error`. */
  readonly ready: Promise<void>;
  readonly state: State;
  readonly problem: string | null;
  /** The step on show. */
  readonly at: number;
  panels: string | null;
  controls: string | null;
  autoplay: string | null;
  theme: string | null;
  poster: string | null;
  recording: string | null;
  preset: string | null;
  seed: string | null;
  steps: string | null;
  speed: string | null;
  engine: string | null;
  prompt: string | null;
  head: string | null;
  play(): Promise<void>;
  pause(): Promise<void>;
  step(steps?: number): Promise<void>;
  reset(): Promise<void>;
  seek(step: number): Promise<void>;
  /** '1.2' is head 2 of layer 1; null restores it. */
  ablate(head: string, how?: Ablation | null): Promise<void>;
  getState(): FigureState | null;
  setState(state: FigureState): Promise<void>;
  exportRun(): Promise<Uint8Array | null>;
  signature(): Promise<string | null>;
}

declare global {
  interface HTMLElementTagNameMap {
    'induction-playground': InductionPlayground;
  }
}
