// One run and its running: what the worker does, without anything that only a worker has. Tested with a stub.
import type { Core, Trainer } from '@core/loader.mjs';
import type { Clock } from './engine/clock.ts';
import { Engines } from './engine/engines.ts';
import type { Graphics } from './engine/graphics.ts';
import { Loop } from './loop.ts';
import { timeSteps } from './measure.ts';
import { Pace, RateMeter } from './pace.ts';
import { packView } from './pack.ts';
import { Present } from './present.ts';
import type { Answer, Body, EngineReport, Handlers, Status } from './protocol.ts';
import { Records } from './records.ts';

export class Session implements Handlers {
  private trainer: Trainer | null = null;
  private readonly present = new Present();
  private tokens: number[] = [];
  private records = new Records();
  private last_loss: number | null = null;
  private stopped: string | null = null;
  private version = 0;
  private past_end = false;
  private meter = new RateMeter();
  private goal: { step: number; reached: (status: Status) => void } | null = null;
  private readonly engines: Engines;
  private readonly loop: Loop;

  constructor(
    private readonly core: Core,
    private readonly clock: Clock,
    /** Asked for only when a graphics device is wanted. */
    graphics: () => Promise<Graphics>,
  ) {
    this.engines = new Engines(core, clock, graphics, {
      kept: (loss) => this.kept(loss),
      stopped: (sentence) => this.stop(sentence),
      free: () => this.loop.wake(),
    });
    this.loop = new Loop(
      clock,
      () => this.engines.current,
      () => this.cut(),
    );
  }

  schema = () => this.core.schema;
  check = ({ config }: Body<'check'>) => ({ problems: this.core.problems(config) });
  data = ({ data, name, config }: Body<'data'>) => this.core.readData(data, config, name);

  open({ config, engine }: Body<'open'>): Answer<'open'> {
    // Made before the old one is let go: when this throws, the old run goes on.
    const trainer = this.core.create(config);
    void this.halt();
    const old = this.trainer;
    this.trainer = trainer;
    this.engines.open(trainer, engine);
    old?.dispose();
    this.present.read(trainer);
    this.records = new Records();
    this.records.add(trainer.probe());
    this.last_loss = null;
    this.stopped = null;
    this.past_end = false;
    const { tokens } = this.prompt({ tokens: null });
    const { d_head, n_parameters } = trainer;
    return { ...this.present.of(trainer), d_head, n_parameters, tokens, task: trainer.task() };
  }

  async set({ knobs }: Body<'set'>): Promise<Answer<'set'>> {
    const trainer = await this.settled();
    trainer.set(knobs);
    // A live knob may be the cure of what stopped the run.
    this.stopped = null;
    this.present.read(trainer);
    return { at: trainer.step, ...this.present.of(trainer) };
  }

  play({ steps_per_second }: Body<'play'>): Status {
    const trainer = this.opened();
    if (!this.loop.playing && trainer.step >= Number(this.present.config.steps)) this.past_end = true;
    this.stopped = null;
    this.begin(new Pace(steps_per_second));
    return this.status();
  }

  async pause(): Promise<Status> {
    await this.halt();
    return this.status();
  }

  async advance({ steps }: Body<'advance'>): Promise<Status> {
    const halted = this.halt();
    const { turn } = this.loop;
    await halted;
    // Another order came while the last steps were on their way.
    if (turn !== this.loop.turn) return this.status();
    this.stopped = null;
    return new Promise((reached) => {
      this.goal = { step: this.opened().step + steps, reached };
      this.begin(new Pace(null));
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
    if (this.loop.playing) this.engines.current.want();
    return {
      ...this.status(),
      loss: this.last_loss,
      steps_per_second: this.loop.playing ? this.meter.rate(this.clock.now(), trainer.step) : 0,
      signature: this.loop.playing ? null : trainer.signature(),
      records: this.records.take(),
      version: this.version,
      in_force: this.present.take(trainer),
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
    const ms = timeSteps(this.opened(), steps, this.clock);
    this.present.follow(this.opened());
    this.version++;
    return { ms };
  }

  /** The trainer between two steps, with everything in it that was begun; training goes on after what is done to it at once. */
  private async settled(): Promise<Trainer> {
    const trainer = this.opened();
    await this.engines.current.settle();
    if (trainer !== this.trainer) throw new Error('Another run was opened meanwhile.');
    return trainer;
  }

  private opened(): Trainer {
    if (!this.trainer) throw new Error('No run is open.');
    return this.trainer;
  }

  private status(): Status {
    const trainer = this.opened();
    const finished = !this.loop.playing && trainer.step >= Number(this.present.config.steps);
    return { step: trainer.step, playing: this.loop.playing, finished, stopped: this.stopped };
  }

  private begin(pace: Pace): void {
    this.meter.clear();
    this.loop.start(pace);
  }

  /** Begins nothing more; resolves when what was begun is in the trainer. */
  private async halt(): Promise<void> {
    this.loop.stop();
    const goal = this.goal;
    this.goal = null;
    if (this.trainer) await this.engines.current.settle();
    goal?.reached(this.status());
  }

  private get end(): number {
    if (this.goal) return this.goal.step;
    return this.past_end ? Number.POSITIVE_INFINITY : Number(this.present.config.steps);
  }

  /** Steps from the next one to a probe, a change or the end, whichever comes first: there the trainer must hold the state. */
  private cut(): number {
    const { next } = this.engines.current;
    const every = Number(this.present.config.probe_every);
    return Math.min(this.end - next, every - (next % every), this.present.room(next));
  }

  private kept(loss: number): void {
    const trainer = this.opened();
    this.version++;
    this.last_loss = loss;
    this.present.follow(trainer);
    this.meter.add(this.clock.now(), trainer.step);
    if (trainer.step % Number(this.present.config.probe_every) === 0) this.records.add(trainer.probe());
    if (this.loop.playing && trainer.step >= this.end) void this.halt();
  }

  /** The model is back at an earlier step: what was recorded after it goes, and what it is now is recorded. */
  private stop(sentence: string): void {
    this.version++;
    this.stopped = sentence;
    this.present.follow(this.opened());
    this.records.goBack(this.opened().probe());
    void this.halt();
  }
}
