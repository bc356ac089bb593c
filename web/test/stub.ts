// A core small enough to read: one knob of each kind, a loss that is the step, time that stands still until moved.
import type {
  Config,
  Core,
  CoreError,
  Course,
  CoursePhase,
  FileFacts,
  Intervention,
  Knob,
  ProbeRecord,
  Program,
  Region,
  Schema,
  Trainer,
} from '@core/loader.mjs';
import type { Clock } from '../src/engine/clock.ts';

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
    knob('batch', { default: 4, min: 1, max: 64 }),
    knob('d_model', { default: 8, min: 1, max: 4096 }),
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
    accuracy_query: null,
    loss_by_position: [],
    unseen: null,
    held_out: {},
    strategies: null,
    heads: [],
    alarms: [],
    onset: { previous_token: null, induction: null },
    ...change,
  };
}

/** A Program of which only the places of the state are true. */
export const kRegions: Record<'parameters' | 'moment1' | 'moment2', Region> = {
  parameters: [0, 2],
  moment1: [2, 2],
  moment2: [4, 2],
};

/** What no test asks for. */
function none(): never {
  throw new Error('the stub has no such thing');
}

function refusal(knob: string, message: string): CoreError {
  return Object.assign(new Error(message), { problems: [{ knob, message }] }) as CoreError;
}

/** Phases of knobs and lines; another list of lines is another Program. */
class StubCourse {
  generation = 0;
  held: Intervention[] = [];
  phases: CoursePhase[];
  /** Of the phases that say no other. */
  private readonly whole: Config;

  constructor(
    private readonly config: Config,
    { phases, interventions = [] }: Course,
    private readonly step: () => number,
  ) {
    this.whole = { ...config };
    this.phases = phases ?? [{ steps: Number(config.steps), at: 0, interventions }];
    this.enter();
    this.generation = 0;
  }

  /** The phase that the step lies in. */
  enter(): void {
    const phase = this.phases.findLast(({ at = 0 }) => at <= this.step());
    const { at, schedule_from, interventions = [], ...knobs } = phase ?? { steps: 0 };
    Object.assign(this.config, this.whole, knobs);
    if (interventions.join() !== this.held.join()) this.generation++;
    this.held = interventions;
  }

  change(part: Config | Pick<CoursePhase, 'interventions'>): void {
    const at = this.step();
    const now = this.phases.findLast((phase) => (phase.at ?? 0) <= at) as CoursePhase;
    this.follow([...this.phases.filter((phase) => (phase.at ?? 0) < at), { ...now, ...part, at }]);
  }

  follow(phases: CoursePhase[]): void {
    this.phases = phases;
    this.enter();
  }
}

export class StubCore implements Core {
  readonly schema = schema;
  readonly memory_bytes = 2 ** 20;
  /** Training stops with a sentence when it reaches this step. */
  bad_step = Number.POSITIVE_INFINITY;
  disposed = 0;
  /** No course may be followed. */
  refuse_course = false;
  /** Batches come from the trainer. */
  given = false;
  /** The configurations of all trainers. */
  readonly made: Config[] = [];

  problems(config: Partial<Config> | Course) {
    return Number(config.n_heads) > 16 ? [{ knob: 'n_heads', message: 'n_heads is too large.' }] : [];
  }

  readData() {
    return { labels: [], d_vocab: 2, tokens: 0, hash: '' };
  }

  /** A file is the JSON that save() makes; anything else is damaged. */
  look(bytes: Uint8Array): FileFacts {
    if (bytes[0] !== 123) throw Object.assign(new Error('The file is damaged.'), { problems: [] }) as CoreError;
    const asks = { positions: [], n_ctx: false, norm: false };
    const config = Object.fromEntries(schema.knobs.map(({ name, default: value }) => [name, value]));
    return {
      kind: 'run',
      config,
      course: config,
      step: JSON.parse(new TextDecoder().decode(bytes)).step,
      data_name: '',
      asks,
    };
  }

  open(bytes: Uint8Array, knobs: Partial<Config> = {}): Trainer {
    const { config, step } = this.look(bytes);
    const trainer = this.create({ ...config, ...knobs });
    trainer.train(step);
    return trainer;
  }

  create(given: Partial<Config> | Course): Trainer {
    const wrong = this.problems(given)[0];
    if (wrong) throw refusal(wrong.knob, wrong.message);
    const config: Config = Object.fromEntries(
      schema.knobs.map(({ name, default: value }) => [name, (given as Partial<Config>)[name] ?? value]),
    );
    this.made.push(config);
    let step = 0;
    // The first number of the state counts the training steps in it, whoever did them.
    const arena = new Float32Array(6);
    const course = new StubCourse(config, given as Course, () => step);
    return {
      config,
      d_head: 2,
      n_parameters: 10,
      get course() {
        return { ...config, phases: course.phases };
      },
      get generation() {
        return course.generation;
      },
      get next_change() {
        return course.phases.find(({ at = 0 }) => at > step)?.at ?? null;
      },
      intervene: (interventions) => {
        if (interventions.includes('ablate 9.9 zero')) throw refusal('interventions', 'There is no head 9.9.');
        course.change({ interventions });
      },
      follow: ({ phases }) => {
        if (this.refuse_course) throw refusal('', 'refused');
        course.follow((phases as CoursePhase[] | undefined) ?? [{ steps: 1, at: 0 }]);
      },
      get step() {
        return step;
      },
      shown: () => schema.knobs.map(({ name }) => name),
      task: () => ({ labels: null, lines: [] }),
      train: (n) => {
        if (step + n >= this.bad_step) return { step, loss: Number.NaN, stopped: 'The loss became infinite.' };
        for (let i = 0; i < n; i++) {
          step++;
          arena[0]++;
          course.enter();
        }
        return { step, loss: step, stopped: null };
      },
      set: (knobs) => course.change(knobs as Config),
      // What is held costs one nat a line.
      probe: () => record(step, { loss: arena[0], loss_rep: 1 + course.held.length }),
      exampleTokens: () => Int32Array.of(1, 2, 1, 2),
      forward: (tokens) => ({
        tokens: Int32Array.from(tokens),
        pattern: new Float32Array(8 * tokens.length ** 2).fill(step),
        loss: new Float32Array(tokens.length - 1),
        probabilities: new Float32Array(tokens.length * 16),
        induction_targets: new Uint8Array(tokens.length ** 2),
      }),
      save: () => new TextEncoder().encode(JSON.stringify({ step, arena: [...arena], phases: course.phases })),
      load: (bytes) => {
        const saved = JSON.parse(new TextDecoder().decode(bytes));
        step = saved.step;
        arena.set(saved.arena);
        course.follow(saved.phases);
      },
      program: () => ({ regions: kRegions, given: this.given }) as unknown as Program,
      arena: (region) => (region ? arena.slice(region[0], region[0] + region[1]) : arena.slice()),
      hyper: (at = step) => Float32Array.of(at, Number(config.lr)),
      runaway: (at) => `The loss became infinite at step ${at}; the model is back at step ${step}.`,
      batch: (at = step) => (this.given ? [Float32Array.of(at)] : none()),
      promptProgram: () => none(),
      restore: (state) => {
        step = state.step;
        arena.set(state.parameters, 0);
        arena.set(state.moment1, 2);
        arena.set(state.moment2, 4);
        course.enter();
      },
      runAlone: () => undefined,
      composition: () => ({
        step,
        rows: 2,
        baseline: 0.2,
        not_defined: { effect: null, q: null, k: null, v: null },
        pairs: [],
      }),
      signature: () => `signature-${arena[0]}${config.lr === 0.01 ? '' : `-${config.lr}`}`,
      dispose: () => void this.disposed++,
    };
  }
}

/** A clock that the test turns: `run` does what was asked to happen, in the order of its time. */
export class TestClock implements Clock {
  time = 0;
  private tasks: { at: number; task: () => void }[] = [];
  now = () => this.time++;
  soon = (task: () => void) => this.later(task, 0);
  later = (task: () => void, ms: number) => {
    const at = this.time + ms;
    const place = this.tasks.findIndex((other) => other.at > at);
    this.tasks.splice(place < 0 ? this.tasks.length : place, 0, { at, task });
  };
  /** Does up to n waiting tasks. */
  run(n = 1000): void {
    for (let i = 0; i < n; i++) {
      const next = this.tasks.shift();
      if (!next) return;
      this.time = Math.max(this.time, next.at);
      next.task();
    }
  }
  /** Like run, with promises kept in between; until `done`, or for n tasks. */
  async play(done: () => boolean = () => false, n = 1000): Promise<void> {
    for (let i = 0; i < n && !done(); i++) {
      this.run(1);
      for (let j = 0; j < 20; j++) await null;
    }
  }
}
