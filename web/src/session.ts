// One run and its running: what the worker does, without anything that only a worker has. Tested with a stub.
import type { Config, Core, Trainer } from '@core/loader.mjs';
import { attribution, composition, headCircuit } from './circuits.ts';
import type { Clock } from './engine/clock.ts';
import { Engines } from './engine/engines.ts';
import type { Graphics } from './engine/graphics.ts';
import { Pace, RateMeter } from './pace.ts';
import { packView } from './pack.ts';
import type { Answer, Body, EngineReport, Handlers, Status } from './protocol.ts';
import { Records } from './records.ts';

/** Training stays this long in one go before it looks at messages again, in ms: pause then answers at once. */
const kSlice = 8;

export class Session implements Handlers {
  private trainer: Trainer | null = null;
  /** Read once per change: the core answers through JSON. */
  private config: Config = {};
  private tokens: number[] = [];
  private records = new Records();
  private last_loss: number | null = null;
  private stopped: string | null = null;
  private version = 0;
  private playing = false;
  private past_end = false;
  private pace = new Pace(null);
  private meter = new RateMeter();
  /** Every start, stop or wake-up of the loop gets a number; a slice of an older one does nothing. */
  private loop = 0;
  private goal: { step: number; reached: (status: Status) => void } | null = null;
  private readonly engines: Engines;

  constructor(
    private readonly core: Core,
    private readonly clock: Clock,
    /** Asked for only when a graphics device is wanted. */
    graphics: () => Promise<Graphics>,
  ) {
    this.engines = new Engines(core, clock, graphics, {
      kept: (loss) => this.kept(loss),
      stopped: (sentence) => this.stop(sentence),
      free: () => this.wake(),
    });
  }

  schema = () => this.core.schema;
  check = ({ config }: Body<'check'>) => ({ problems: this.core.problems(config) });
  composition = () => composition(this.opened(), this.clock);
  head_circuit = (body: Body<'head_circuit'>) => headCircuit(this.opened(), this.clock, body);
  attribution = (body: Body<'attribution'>) => attribution(this.opened(), this.clock, body);
  data = ({ data, name, config }: Body<'data'>) => this.core.readData(data, config, name);

  open({ config, engine }: Body<'open'>): Answer<'open'> {
    // Made before the old one is let go: when this throws, the old run goes on.
    const trainer = this.core.create(config);
    void this.halt();
    const old = this.trainer;
    this.trainer = trainer;
    this.engines.open(trainer, engine);
    old?.dispose();
    this.config = trainer.config;
    this.records = new Records();
    this.records.add(trainer.probe());
    this.last_loss = null;
    this.stopped = null;
    this.past_end = false;
    const { tokens } = this.prompt({ tokens: null });
    const { d_head, n_parameters } = trainer;
    return { config: this.config, d_head, n_parameters, tokens, shown: trainer.shown(), task: trainer.task() };
  }

  set({ knobs }: Body<'set'>): Answer<'set'> {
    const trainer = this.opened();
    trainer.set(knobs);
    // A live knob may be the cure of what stopped the run.
    this.stopped = null;
    this.config = trainer.config;
    return { config: this.config, shown: trainer.shown() };
  }

  play({ steps_per_second }: Body<'play'>): Status {
    const trainer = this.opened();
    if (!this.playing && trainer.step >= Number(this.config.steps)) this.past_end = true;
    this.stopped = null;
    this.start(new Pace(steps_per_second));
    return this.status();
  }

  async pause(): Promise<Status> {
    await this.halt();
    return this.status();
  }

  async advance({ steps }: Body<'advance'>): Promise<Status> {
    const halted = this.halt();
    const { loop } = this;
    await halted;
    // Another order came while the last steps were on their way.
    if (loop !== this.loop) return this.status();
    this.stopped = null;
    return new Promise((reached) => {
      this.goal = { step: this.opened().step + steps, reached };
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
    const fresh = shown !== this.version;
    if (this.playing) this.engines.current.want();
    return {
      ...this.status(),
      loss: this.last_loss,
      steps_per_second: this.playing ? this.meter.rate(this.clock.now(), trainer.step) : 0,
      signature: this.playing ? null : trainer.signature(),
      records: this.records.take(),
      version: this.version,
      engine: this.engines.current.name,
      engine_version: this.engines.version,
      view: fresh ? { ...packView(trainer.forward(this.tokens), buffer).view, maps: null } : null,
    };
  }

  /** The maps of the view that frame() has just made; null where the page draws them. */
  async paint(palette: Uint32Array): Promise<ImageBitmap | null> {
    return this.engines.paint(this.tokens, palette);
  }

  engine(): EngineReport {
    return this.engines.report;
  }

  choose_engine({ choice }: Body<'choose_engine'>): EngineReport {
    this.opened();
    this.engines.choose(choice);
    return this.engines.report;
  }

  signature() {
    const trainer = this.opened();
    return { step: trainer.step, signature: trainer.signature() };
  }

  async measure({ steps }: Body<'measure'>) {
    await this.halt();
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
    this.wake();
  }

  /** Begins nothing more; resolves when what was begun is in the trainer. */
  private async halt(): Promise<void> {
    this.playing = false;
    this.loop++;
    const goal = this.goal;
    this.goal = null;
    if (this.trainer) await this.engines.current.settle();
    goal?.reached(this.status());
  }

  private wake(): void {
    if (!this.playing) return;
    const loop = ++this.loop;
    this.clock.soon(() => this.slice(loop));
  }

  /** A few milliseconds of training, then a look at the messages. */
  private slice(loop: number): void {
    if (loop !== this.loop) return;
    const end = this.clock.now() + kSlice;
    while (loop === this.loop && this.engines.current.free && this.clock.now() < end && this.beginSome());
    // A busy engine wakes the loop when there is room again.
    if (loop !== this.loop || !this.engines.current.free || this.cut() <= 0) return;
    const wait = this.pace.wait(this.clock.now());
    // Browsers round short timers up to 4 ms: below that, only yield.
    if (wait > 4) this.clock.later(() => this.slice(loop), wait);
    else this.clock.soon(() => this.slice(loop));
  }

  private beginSome(): boolean {
    const now = this.clock.now();
    const cut = this.cut();
    const most = Math.min(cut, this.pace.due(now));
    if (most <= 0) return false;
    this.pace.began(now, this.engines.current.begin(most, cut));
    return true;
  }

  private get end(): number {
    if (this.goal) return this.goal.step;
    return this.past_end ? Number.POSITIVE_INFINITY : Number(this.config.steps);
  }

  /** Steps from the next one to a probe or the end, whichever comes first: there the trainer must hold the state. */
  private cut(): number {
    const { next } = this.engines.current;
    const every = Number(this.config.probe_every);
    return Math.min(this.end - next, every - (next % every));
  }

  private kept(loss: number): void {
    const trainer = this.opened();
    this.version++;
    this.last_loss = loss;
    this.meter.add(this.clock.now(), trainer.step);
    if (trainer.step % Number(this.config.probe_every) === 0) this.records.add(trainer.probe());
    if (this.playing && trainer.step >= this.end) void this.halt();
  }

  /** The model is back at an earlier step: what was recorded after it goes, and what it is now is recorded. */
  private stop(sentence: string): void {
    this.version++;
    this.stopped = sentence;
    this.records.goBack(this.opened().probe());
    void this.halt();
  }
}
