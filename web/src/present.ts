// What of a run's Course is in force now. Read once per change: the core answers through JSON.
import type { Config, Course, Trainer } from '@core/loader.mjs';
import { heldIn } from './engine/held.ts';
import type { InForce } from './protocol.ts';

export class Present {
  config: Config = {};
  /** The step at which all that is planned ends. */
  end = 0;
  /** The step at which the next part of the Course begins. */
  private next = Number.POSITIVE_INFINITY;
  private since = 0;
  /** All of it, to see whether it is another. */
  private text = '';
  private untold = false;

  /** After a change that the page is told of by the answer to its call. */
  read(trainer: Trainer): void {
    this.config = trainer.config;
    this.end = endOf(trainer.course);
    this.next = trainer.next_change ?? Number.POSITIVE_INFINITY;
    this.since = trainer.step;
    this.text = JSON.stringify([this.config, heldIn(trainer)]);
    this.untold = false;
  }

  /** After training, or going back. */
  follow(trainer: Trainer): void {
    if (trainer.step < this.next && trainer.step >= this.since) return;
    const { untold } = this;
    const before = this.text;
    this.read(trainer);
    this.untold = untold || before !== this.text;
  }

  /** Another part of the run, or of another one that came off it, is on show. */
  change(trainer: Trainer): void {
    this.read(trainer);
    this.untold = true;
  }

  /** Steps from `step` to the next part. */
  room(step: number): number {
    return this.next - step;
  }

  of(trainer: Trainer): InForce {
    return { config: this.config, end: this.end, shown: trainer.shown(), task: trainer.task() };
  }

  /** What the page has not been told yet; null: nothing. */
  take(trainer: Trainer): InForce | null {
    if (!this.untold) return null;
    this.untold = false;
    return this.of(trainer);
  }
}

/** The last phase's `steps` after its schedule began. */
export function endOf(course: Config | Course): number {
  const last = (course as Course).phases?.at(-1);
  return last ? (last.schedule_from ?? last.at ?? 0) + last.steps : Number(course.steps);
}
