// One run while it trains, is shown again, or rests. The session above it answers the page; engines below do the arithmetic.
import type { Core, Trainer } from '@core/loader.mjs';
import type { Clock } from './engine/clock.ts';
import { Engines } from './engine/engines.ts';
import type { Graphics } from './engine/graphics.ts';
import { Loop } from './loop.ts';
import { Pace, RateMeter } from './pace.ts';
import { Past } from './past.ts';
import { Present } from './present.ts';
import type { Answer, Body, EngineChoice, Status } from './protocol.ts';

export class Running {
  protected last_loss: number | null = null;
  protected stopped: string | null = null;
  /** Grows whenever what is on show may look different. */
  protected version = 0;
  protected readonly present = new Present();
  protected readonly engines: Engines;
  protected readonly loop: Loop;
  protected readonly past: Past;
  protected readonly meter = new RateMeter();
  protected trainer: Trainer | null = null;
  private past_end = false;
  private goal: { step: number; reached: (status: Status) => void } | null = null;
  /** As the reader chose it; null: as fast as the machine can. */
  private rate: number | null = null;

  constructor(
    protected readonly core: Core,
    protected readonly clock: Clock,
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
      () => (this.past.back ? this.past.player : this.engines.current),
      () => (this.past.back ? this.past.left(this.end) : this.cut()),
    );
    this.past = new Past(clock, {
      moved: () => this.engines.current.moved(),
      shown: () => this.shown(),
      rested: () => this.loop.stop(),
      arrived: () => {
        this.engines.follow();
        if (this.playing) this.begin(new Pace(this.goal ? null : this.rate));
      },
    });
  }

  play({ steps_per_second }: Body<'play'>): Status {
    const trainer = this.opened();
    if (!this.playing && trainer.step >= this.present.end) this.past_end = true;
    this.stopped = null;
    this.rate = steps_per_second;
    this.past.goal = null;
    this.begin(new Pace(this.past.back ? (steps_per_second ?? this.past.fast) : steps_per_second));
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

  async seek({ step, exact }: Body<'seek'>): Promise<Status> {
    const halted = this.halt();
    const { turn } = this.loop;
    await halted;
    if (turn !== this.loop.turn) return this.status();
    this.past.seek(step, exact);
    if (this.past.goal !== null) this.begin(new Pace(null));
    return this.status();
  }

  /** Another run, paused at its first step. */
  protected replace(trainer: Trainer, engine: EngineChoice): void {
    void this.halt();
    const old = this.trainer;
    this.trainer = trainer;
    this.engines.open(trainer, engine);
    old?.dispose();
    this.present.read(trainer);
    const first = trainer.probe();
    this.past.open(trainer);
    this.past.records.add(first);
    this.last_loss = null;
    this.stopped = null;
    this.past_end = false;
  }

  /** Another branch; goes on playing when it was. */
  protected async turnTo(other: () => void): Promise<Status> {
    const { playing } = this;
    await this.halt();
    // A play that came meanwhile.
    if (this.loop.playing) await this.halt();
    const trainer = this.opened();
    other();
    this.stopped = null;
    this.present.change(trainer);
    this.engines.follow();
    return playing ? this.play({ steps_per_second: this.rate }) : this.status();
  }

  /** The trainer between two steps, with everything in it that was begun; training goes on after what is done to it at once. */
  protected async settled(): Promise<Trainer> {
    const trainer = this.opened();
    await this.engines.current.settle();
    if (trainer !== this.trainer) throw new Error('Another run was opened meanwhile.');
    return trainer;
  }

  /** After a change of the running model. */
  protected changed(trainer: Trainer): Answer<'set'> {
    // It may be the cure of what stopped the run.
    this.stopped = null;
    this.version++;
    this.present.read(trainer);
    this.engines.follow();
    return { at: trainer.step, ...this.present.of(trainer) };
  }

  protected opened(): Trainer {
    if (!this.trainer) throw new Error('No run is open.');
    return this.trainer;
  }

  protected status(): Status {
    const trainer = this.opened();
    const finished = !this.playing && trainer.step >= this.present.end;
    return { step: trainer.step, playing: this.playing, finished, stopped: this.stopped };
  }

  /** Not while it only trains up to a step that was asked for. */
  protected get playing(): boolean {
    return this.loop.playing && this.past.goal === null;
  }

  /** Paused, and what was begun is in the trainer: a device's last steps are still on their way when play has ended. */
  protected get rests(): boolean {
    return !this.loop.playing && this.engines.current.next === this.opened().step;
  }

  private begin(pace: Pace): void {
    this.meter.clear();
    this.loop.start(pace);
  }

  /** Begins nothing more; resolves when what was begun is in the trainer. */
  protected async halt(): Promise<void> {
    this.loop.stop();
    this.past.goal = null;
    const goal = this.goal;
    this.goal = null;
    if (this.trainer) await this.engines.current.settle();
    goal?.reached(this.status());
  }

  private get end(): number {
    if (this.goal) return this.goal.step;
    return this.past_end ? Number.POSITIVE_INFINITY : this.present.end;
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
    const probed = trainer.step % Number(this.present.config.probe_every) === 0 ? trainer.probe() : null;
    if (probed) this.past.records.add(probed);
    this.past.reached(this.engines.current.name === 'webgpu', probed);
    if (this.loop.playing && trainer.step >= this.end) void this.halt();
    this.engines.follow();
  }

  /** An earlier step than the furthest one, or another branch, is on show. */
  private shown(): void {
    const trainer = this.opened();
    this.version++;
    this.last_loss = null;
    this.present.follow(trainer);
    this.meter.add(this.clock.now(), trainer.step);
    if (this.playing && trainer.step >= this.end) void this.halt();
  }

  /** The model is back at an earlier step: what was recorded after it goes, and what it is now is recorded. */
  private stop(sentence: string): void {
    this.version++;
    this.stopped = sentence;
    this.present.follow(this.opened());
    this.past.records.goBack(this.opened().probe());
    this.past.wentBack();
    this.engines.follow();
    void this.halt();
  }
}
