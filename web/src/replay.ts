// One trainer that is taken back and forth in its own run. Numbers are exact: what is trained again has the same bits.
import type { Trainer } from '@core/loader.mjs';
import type { Clock } from './engine/clock.ts';
import { operationsPerStep } from './engine/cost.ts';
import type { Engine } from './engine/engine.ts';
import { History, type Kept } from './history.ts';
import type { Records } from './records.ts';

/** A replay that falls this far behind its speed, in ms of training, jumps. */
const kBehind = 50;
/** To states further apart than a replay is due, in steps, it jumps only when it falls behind four times as far. */
const kFar = 20;
/** The least training steps between two kept states: saving one takes a sixth of a small model's step. */
const kKeepEvery = 10;
/** Larger models keep fewer: one more step between states for so many parameters. */
const kParametersPerStep = 20_000;
/** WebAssembly's speed, until it has been measured here: operations per ms. */
const kGuess = 15e6;

/** What is told of every change of what is on show. */
export interface Shows {
  /** The trainer was given another state: engines must not go on from theirs. */
  moved(): void;
  /** Another step is on show. */
  shown(): void;
  /** The goal is reached. */
  rested(): void;
  /** The furthest step is reached: from here on training goes on. */
  arrived(): void;
}

export class Replay {
  /** The trainer holds an earlier step than the furthest one, whose state waits in the history. */
  back = false;
  /** The step that is being trained up to, while an earlier one is on show. */
  goal: number | null = null;
  protected history!: History;
  protected trainer!: Trainer;
  protected every = kKeepEvery;
  /** Of one training step on WebAssembly. */
  protected ms = 1;

  constructor(
    private readonly clock: Clock,
    protected readonly shows: Shows,
  ) {}

  open(trainer: Trainer): void {
    this.trainer = trainer;
    this.history = new History(this.state(), trainer.course);
    this.every = Math.max(kKeepEvery, Math.ceil(trainer.n_parameters / kParametersPerStep));
    this.back = false;
    this.goal = null;
    this.ms = operationsPerStep(trainer) / kGuess;
  }

  get frontier(): number {
    return this.history.current.frontier;
  }

  /** Probes of the branch on show that the page has not fetched yet. */
  get records(): Records {
    return this.history.current.records;
  }

  /** What plays instead of an engine while an earlier step is on show. */
  readonly player: Pick<Engine, 'free' | 'begin'> = {
    free: true,
    begin: (most, cut) => {
      const n = this.goal === null ? this.again(most, cut) : this.train(1);
      this.shows.shown();
      if (this.goal === null || this.trainer.step < this.goal) return n;
      this.goal = null;
      this.shows.rested();
      return n;
    },
  };

  /** Steps that it may play: to the goal, or to the furthest step, or to `end` before it. */
  left(end: number): number {
    return (this.goal ?? Math.min(end, this.frontier)) - this.trainer.step;
  }

  /** One step again, or a jump where training cannot keep up or would not give the same numbers. */
  private again(most: number, cut: number): number {
    const { step } = this.trainer;
    const exact = this.history.exact(step + 1);
    if (exact && most * this.ms <= kBehind) return this.train(1);
    const reached = this.history.before(step + most);
    const next = reached && reached.step > step ? reached : this.history.after(step);
    const far = next && next.step > step + 2 * most + kFar;
    if (exact && far && most * this.ms <= 4 * kBehind) return this.train(1);
    // Never beyond where it must stop.
    if (!next || (exact && next.step > step + cut)) return this.train(1);
    this.put(next);
    if (next === this.history.current.end) this.arrive();
    return next.step - step;
  }

  /** n steps that were trained before; at the frontier training itself goes on. */
  protected train(n: number): number {
    const { trainer, clock } = this;
    const began = clock.now();
    const every = Number(trainer.config.probe_every);
    for (let i = 0; i < n; i++) {
      trainer.train(1);
      // Probes note onsets: they are part of the state as it was.
      if (trainer.step % every === 0) trainer.probe();
      this.history.fill(trainer.step, this.every, () => this.state());
    }
    if (n > 0) this.ms += 0.2 * ((clock.now() - began) / n - this.ms);
    this.shows.moved();
    if (trainer.step === this.frontier) this.arrive();
    return n;
  }

  protected arrive(): void {
    this.back = false;
    this.goal = null;
    this.history.current.end = null;
    this.shows.shown();
    this.shows.arrived();
  }

  /** Keeps the furthest state before another one is shown. */
  protected leave(): void {
    if (this.back) return;
    this.history.current.end = this.state();
    this.history.version++;
    this.back = true;
  }

  protected put(kept: Kept): void {
    this.load(kept);
    this.shows.moved();
  }

  /**
   * A state from before a change knows nothing of it, and one of a plain Config does not say that it has one: the branch's own course says
   * how it goes on. Before and after: a phase that begins at this step must not have begun with another state.
   */
  protected load({ bytes }: Kept): void {
    this.follow();
    this.trainer.load(bytes);
    this.follow();
  }

  private follow(): void {
    const { course } = this.history.current;
    if (JSON.stringify(this.trainer.course) !== JSON.stringify(course)) this.trainer.follow(course);
  }

  protected state(): Kept {
    return { step: this.trainer.step, bytes: this.trainer.save() };
  }
}
