// One trainer and its running: what the worker does, without anything that only a worker has. Tested with a stub.
import type { Config, Core, ProbeRecord, Trainer } from '@core/loader.mjs';
import { Pace, RateMeter } from './pace.ts';
import { packView } from './pack.ts';
import type { Answer, Body, EngineReport, Handlers, Status } from './protocol.ts';

/** Time and yielding, given from outside so that tests can play them. */
export interface Clock {
  now(): number;
  /** Runs `task` after waiting messages have been handled. */
  soon(task: () => void): void;
  later(task: () => void, ms: number): void;
}

/** Training stays this long in one go before it looks at messages again, in ms: pause then answers at once. */
const kSlice = 8;

/** More than a chart can show. */
const kMostRecords = 1024;

const kWasmOnly: EngineReport = {
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

export class Session implements Handlers {
  private trainer: Trainer | null = null;
  private report = kWasmOnly;
  /** Read once per change: the core answers through JSON. */
  private config: Config = {};
  private tokens: number[] = [];
  private records: ProbeRecord[] = [];
  private last_loss: number | null = null;
  private stopped: string | null = null;
  private version = 0;
  private playing = false;
  private past_end = false;
  private pace = new Pace(null);
  private meter = new RateMeter();
  /** Every start or stop of the loop gets a number; a slice of an older one does nothing. */
  private loop = 0;
  private goal: { step: number; reached: (status: Status) => void } | null = null;

  constructor(
    private readonly core: Core,
    private readonly clock: Clock,
  ) {}

  schema() {
    return this.core.schema;
  }

  check({ config }: Body<'check'>) {
    return { problems: this.core.problems(config) };
  }

  open({ config, tokens, engine }: Body<'open'>): Answer<'open'> {
    // Made before the old one is let go: when this throws, the old run goes on.
    const trainer = this.core.create(config);
    this.halt();
    this.trainer?.dispose();
    this.trainer = trainer;
    this.config = trainer.config;
    this.records = [trainer.probe()];
    this.last_loss = null;
    this.stopped = null;
    this.past_end = false;
    this.report = { ...kWasmOnly, choice: engine };
    const shown = this.prompt({ tokens });
    return { config: this.config, d_head: trainer.d_head, n_parameters: trainer.n_parameters, tokens: shown.tokens };
  }

  set({ knobs }: Body<'set'>): { config: Config } {
    const trainer = this.opened();
    trainer.set(knobs);
    // A live knob may be the cure of what stopped the run.
    this.stopped = null;
    this.config = trainer.config;
    return { config: this.config };
  }

  play({ steps_per_second }: Body<'play'>): Status {
    const trainer = this.opened();
    if (!this.playing && trainer.step >= Number(this.config.steps)) this.past_end = true;
    this.stopped = null;
    this.start(new Pace(steps_per_second));
    return this.status();
  }

  pause(): Status {
    this.halt();
    return this.status();
  }

  advance({ steps }: Body<'advance'>): Promise<Status> {
    const trainer = this.opened();
    this.halt();
    this.stopped = null;
    return new Promise((reached) => {
      this.goal = { step: trainer.step + steps, reached };
      this.start(new Pace(null));
    });
  }

  prompt({ tokens }: Body<'prompt'>) {
    const trainer = this.opened();
    // Checked by running it: a refused sequence leaves the old one on show.
    if (tokens) trainer.forward(tokens);
    this.tokens = tokens ?? Array.from(trainer.exampleTokens());
    this.version++;
    return { tokens: this.tokens };
  }

  frame({ shown, buffer }: Body<'frame'>): Answer<'frame'> {
    const trainer = this.opened();
    const records = this.records;
    this.records = [];
    const fresh = shown !== this.version;
    return {
      ...this.status(),
      loss: this.last_loss,
      steps_per_second: this.playing ? this.meter.rate(this.clock.now(), trainer.step) : 0,
      signature: this.playing ? null : trainer.signature(),
      records,
      version: this.version,
      engine: 'wasm',
      engine_version: 0,
      view: fresh ? packView(trainer.forward(this.tokens), buffer).view : null,
    };
  }

  engine(): EngineReport {
    return this.report;
  }

  choose_engine({ choice }: Body<'choose_engine'>): EngineReport {
    this.report = { ...this.report, choice };
    return this.report;
  }

  signature() {
    const trainer = this.opened();
    return { step: trainer.step, signature: trainer.signature() };
  }

  measure({ steps }: Body<'measure'>) {
    const trainer = this.opened();
    const ms: number[] = [];
    for (let i = 0; i < steps; i++) {
      const began = this.clock.now();
      trainer.train(1);
      ms.push(this.clock.now() - began);
    }
    this.version++;
    return { ms };
  }

  private opened(): Trainer {
    if (!this.trainer) throw new Error('No run is open.');
    return this.trainer;
  }

  private status(): Status {
    const trainer = this.opened();
    const finished = !this.playing && trainer.step >= Number(this.config.steps);
    return { step: trainer.step, playing: this.playing, finished, stopped: this.stopped };
  }

  private start(pace: Pace): void {
    this.pace = pace;
    this.meter.clear();
    this.playing = true;
    const loop = ++this.loop;
    this.clock.soon(() => this.slice(loop));
  }

  private halt(): void {
    this.playing = false;
    this.loop++;
    const goal = this.goal;
    this.goal = null;
    goal?.reached(this.status());
  }

  /** A few milliseconds of training, then a look at the messages. */
  private slice(loop: number): void {
    if (loop !== this.loop) return;
    const end = this.clock.now() + kSlice;
    while (this.playing && this.clock.now() < end && this.pace.due(this.clock.now())) {
      this.pace.began(this.clock.now());
      this.trainOne();
    }
    if (!this.playing) return;
    const wait = this.pace.wait(this.clock.now());
    // Browsers round short timers up to 4 ms: below that, only yield.
    if (wait > 4) this.clock.later(() => this.slice(loop), wait);
    else this.clock.soon(() => this.slice(loop));
  }

  /** While nobody fetches them, in a hidden tab, records thin out instead of piling up. */
  private keep(record: ProbeRecord): void {
    if (this.records.length >= kMostRecords) this.records = this.records.filter((_, i) => i % 2 === 0);
    this.records.push(record);
  }

  private trainOne(): void {
    const trainer = this.opened();
    const report = trainer.train(1);
    this.version++;
    if (report.stopped !== null) {
      this.stopped = report.stopped;
      this.halt();
      return;
    }
    this.last_loss = report.loss;
    this.meter.add(this.clock.now(), trainer.step);
    if (trainer.step % Number(this.config.probe_every) === 0) this.keep(trainer.probe());
    const end = this.goal ? this.goal.step : this.past_end ? Number.POSITIVE_INFINITY : Number(this.config.steps);
    if (trainer.step >= end) this.halt();
  }
}
