// A core small enough to read: one knob of each kind, a loss that is the step, time that stands still until moved.
import type { Config, Core, CoreError, Knob, ProbeRecord, Schema, Trainer } from '@core/loader.mjs';
import type { Clock } from '../src/session.ts';

const knob = (name: string, rest: Partial<Knob>): Knob => ({
  name,
  group: 'model',
  type: 'integer',
  default: 1,
  when: 'rebuild',
  unit: '',
  doc: '',
  ...rest,
});

export const schema: Schema = {
  knobs: [
    knob('seed', { default: 0, min: 0, max: 99 }),
    knob('steps', { default: 10, min: 1, max: 1000, when: 'live' }),
    knob('probe_every', { default: 4, min: 1, max: 100, when: 'live' }),
    knob('n_layers', { default: 2, min: 1, max: 4 }),
    knob('n_heads', { default: 4, min: 1, max: 16 }),
    knob('d_vocab', { default: 16, min: 2, max: 4096 }),
    knob('n_ctx', { default: 8, min: 8, max: 256 }),
    knob('lr', { type: 'real', default: 0.01, min: 0, max: 1000, when: 'live' }),
    knob('norm', { type: 'choice', default: 'none', options: ['none', 'rms', 'layer'] }),
    knob('smeared_keys', { type: 'boolean', default: false }),
  ],
  presets: [
    { name: 'demo', doc: 'First.', config: {} },
    { name: 'smeared', doc: 'Second.', config: { n_layers: 1, smeared_keys: true } },
  ],
};

export function record(step: number, change: Partial<ProbeRecord> = {}): ProbeRecord {
  return {
    step,
    loss: 2.5,
    loss_new: 2.77,
    loss_rep: 2.31,
    accuracy_rep: 0,
    loss_by_position: [],
    unseen: null,
    heads: [],
    onset: { previous_token: null, induction: null },
    ...change,
  };
}

/** What no test of the page asks for. */
function none(): never {
  throw new Error('the stub has no Program');
}

export class StubCore implements Core {
  readonly schema = schema;
  /** Training stops with a sentence when it reaches this step. */
  bad_step = Number.POSITIVE_INFINITY;
  disposed = 0;

  problems(config: Partial<Config>) {
    return Number(config.n_heads) > 16 ? [{ knob: 'n_heads', message: 'n_heads is too large.' }] : [];
  }

  create(given: Partial<Config>): Trainer {
    const wrong = this.problems(given)[0];
    if (wrong) throw Object.assign(new Error(wrong.message), { problems: [wrong] }) as CoreError;
    const config: Config = Object.fromEntries(
      schema.knobs.map(({ name, default: value }) => [name, given[name] ?? value]),
    );
    let step = 0;
    return {
      config,
      d_head: 2,
      n_parameters: 10,
      get step() {
        return step;
      },
      train: (n) => {
        if (step + n >= this.bad_step) return { step, loss: Number.NaN, stopped: 'The loss became infinite.' };
        step += n;
        return { step, loss: step, stopped: null };
      },
      set: (knobs) => void Object.assign(config, knobs),
      probe: () => record(step),
      promptProgram: () => {
        throw new Error('there is no Program here');
      },
      runaway: (at) => `Training stopped at step ${at}.`,
      exampleTokens: () => Int32Array.of(1, 2, 1, 2),
      forward: (tokens) => ({
        tokens: Int32Array.from(tokens),
        pattern: new Float32Array(8 * tokens.length ** 2).fill(step),
        loss: new Float32Array(tokens.length - 1),
        probabilities: new Float32Array(tokens.length * 16),
        induction_targets: new Uint8Array(tokens.length ** 2),
      }),
      save: () => new Uint8Array(),
      load: () => undefined,
      program: () => none(),
      arena: () => new Float32Array(),
      hyper: () => new Float32Array(11),
      batch: () => none(),
      restore: () => undefined,
      runAlone: () => undefined,
      signature: () => `signature-${step}`,
      dispose: () => void this.disposed++,
    };
  }
}

/** A clock that the test turns: `run` does what was asked to happen, oldest first. */
export class TestClock implements Clock {
  time = 0;
  tasks: (() => void)[] = [];
  now = () => this.time++;
  soon = (task: () => void) => void this.tasks.push(task);
  later = (task: () => void, ms: number) => {
    this.tasks.push(() => {
      this.time += ms;
      task();
    });
  };
  /** Does up to n waiting tasks. */
  run(n = 1000): void {
    for (let i = 0; i < n; i++) this.tasks.shift()?.();
  }
}
