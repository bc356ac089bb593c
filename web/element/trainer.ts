// Training without a page: the same session that the figure has, in a worker of the pool in browsers, in the same thread in Node.
import type { Config, KnobValue, ProbeRecord, Schema } from '@core/loader.mjs';
import type { Answer, Body, EngineChoice, Kind, Run } from '../src/protocol.ts';

/** What answers calls, wherever it is. */
export interface Line {
  call<K extends Kind>(kind: K, body: Body<K>): Promise<Answer<K>>;
  leave(): void;
}

/** A preset's name, or knobs, with `preset` to begin from; what is not given is the first preset's. */
export type Wanted = string | (Record<string, KnobValue> & { preset?: string });

export interface Frame {
  step: number;
  /** Training loss of the last step in nats; null before the first. */
  loss: number | null;
  signature: string | null;
  /** Every probe so far, oldest first. */
  records: ProbeRecord[];
  /** The last probe's heads. */
  heads: ProbeRecord['heads'];
  tokens: Int32Array;
  /** [layer, head, query, key] */
  pattern: Float32Array;
  /** [position, token]: what the model expects next. */
  probabilities: Float32Array;
  /** Of each next token of the sequence, nats. */
  token_loss: Float32Array;
}

export type Part = keyof Frame;
export type Reading = Pick<Frame, 'tokens' | 'pattern' | 'probabilities' | 'token_loss'>;

function configOf(schema: Schema, wanted: Wanted): Partial<Config> {
  const { preset = schema.presets[0].name, ...knobs } = typeof wanted === 'string' ? { preset: wanted } : wanted;
  const found = schema.presets.find(({ name }) => name === preset);
  if (!found)
    throw new Error(`There is no preset '${preset}'; there are ${schema.presets.map(({ name }) => name).join(', ')}.`);
  return { ...found.config, ...knobs };
}

export class Trainer {
  private records: ProbeRecord[] = [];

  constructor(
    private readonly line: Line,
    readonly schema: Schema,
    private run_facts: Run,
    private readonly engine: EngineChoice,
  ) {}

  /** Every knob by name. */
  get config(): Config {
    return this.run_facts.config;
  }

  /** So many training steps; how far it is then. Throws when the numbers ran away. */
  async run(steps: number): Promise<{ step: number; loss: number | null }> {
    if (!Number.isSafeInteger(steps) || steps < 0)
      throw new Error(`steps is ${steps}; it must be a whole number from 0.`);
    const { stopped } = await this.line.call('advance', { steps });
    if (stopped) throw new Error(stopped);
    return this.frame(['step', 'loss']);
  }

  /** The parts that are named, of this moment. */
  async frame<P extends Part>(parts: readonly P[]): Promise<Pick<Frame, P>> {
    const { view, records, step, loss, signature } = await this.line.call('frame', { shown: -1, buffer: null });
    this.records.push(...records);
    if (!view) throw new Error('There is no picture of the model.');
    const whole: Frame = {
      step,
      loss,
      signature,
      records: [...this.records],
      heads: this.records.at(-1)?.heads ?? [],
      tokens: Int32Array.from(view.tokens),
      pattern: view.pattern,
      probabilities: view.probabilities,
      token_loss: view.loss,
    };
    const chosen = parts.map((part) => {
      if (!(part in whole)) throw new Error(`A frame has no '${part}'; it has ${Object.keys(whole).join(', ')}.`);
      return [part, whole[part]];
    });
    return Object.fromEntries(chosen) as Pick<Frame, P>;
  }

  /** What the model makes of a sequence of tokens; null is the held-out example. */
  async probe(tokens: readonly number[] | null = null): Promise<Reading> {
    await this.line.call('prompt', { tokens: tokens && [...tokens] });
    return this.frame(['tokens', 'pattern', 'probabilities', 'token_loss']);
  }

  /** Live knobs, from the next step on. */
  async set(knobs: Partial<Config>): Promise<void> {
    this.run_facts = { ...this.run_facts, ...(await this.line.call('set', { knobs })) };
  }

  /** Holds just these lines from the next step on, such as 'ablate 1.2 zero'. */
  async intervene(lines: readonly string[]): Promise<{ before: ProbeRecord; after: ProbeRecord }> {
    const { before, after } = await this.line.call('intervene', { interventions: [...lines] });
    return { before, after };
  }

  /** Of parameters, optimiser state and step: the same on every machine. */
  async signature(): Promise<string> {
    return (await this.line.call('signature', null)).signature;
  }

  /** A safetensors file: the run, or `model`, its parameters alone. */
  async save({ model = false } = {}): Promise<Uint8Array> {
    return (await this.line.call('save', { model })).bytes;
  }

  /** Goes on where a saved run was. */
  async load(file: Uint8Array): Promise<void> {
    const bytes = new Uint8Array(file);
    this.run_facts = await this.line.call('open_file', { bytes, knobs: {}, engine: this.engine });
    this.records = [];
  }

  dispose(): void {
    this.line.leave();
  }
}

async function lineHere(engine: EngineChoice): Promise<Line> {
  if (typeof Worker === 'undefined') return (await import('./trainer_node.ts')).lineInNode();
  const { takeSeat } = await import('./pool.ts');
  let fail: (error: Error) => void = () => undefined;
  const crashed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  crashed.catch(() => undefined);
  const { client, leave } = takeSeat(
    (why) => fail(new Error(`The worker could not run here${why ? `: ${why}` : '.'}`)),
    engine !== 'wasm',
  );
  return { call: (kind, body) => Promise.race([client.call(kind, body), crashed]), leave };
}

/** A run at step 0. Throws with a sentence about what is wrong in the configuration. */
export async function createTrainer(
  config: Wanted = {},
  { engine = 'wasm' }: { engine?: EngineChoice } = {},
): Promise<Trainer> {
  const line = await lineHere(engine);
  try {
    const schema = await line.call('schema', null);
    return new Trainer(line, schema, await line.call('open', { config: configOf(schema, config), engine }), engine);
  } catch (error) {
    line.leave();
    throw error;
  }
}
