// While a run goes on, words change ten times a second: nobody reads faster, and each change is laid out and painted anew.
// Panels take turns, so that no one picture pays for all of them. At rest everything is up to date at once.
import type { App } from '../app.ts';

/** Between two changes of a panel's words, in ms. */
export const kApart = 100;

/** What a panel is to this: something that may be made to tell what is now. */
export interface Teller {
  requestUpdate(): void;
  /** What changes with every picture. */
  draw?(): void;
  /** What its words cost, in those of a light panel. */
  readonly weight?: number;
}

export class Turns {
  /** When each last had its turn. */
  private readonly last = new Map<Teller, number>();
  private at = Number.NEGATIVE_INFINITY;
  /** Below 0: the last picture took more than its share. */
  private room = 0;

  constructor(
    private readonly playing: () => boolean,
    private readonly clock = () => performance.now(),
  ) {}

  join(teller: Teller): void {
    this.last.set(teller, Number.NEGATIVE_INFINITY);
  }

  leave(teller: Teller): void {
    this.last.delete(teller);
  }

  /** A new picture has come. */
  frame(): void {
    const now = this.clock();
    const playing = this.playing();
    for (const teller of playing ? this.next(now) : this.last.keys()) {
      this.last.set(teller, now);
      teller.requestUpdate();
    }
    // At rest a panel draws with its words.
    if (playing) for (const teller of this.last.keys()) teller.draw?.();
    this.at = now;
  }

  /** Of those whose turn it is, who waited longest: as many as let each have its turn in time. */
  private next(now: number): Teller[] {
    const weights = [...this.last.keys()].reduce((sum, { weight = 1 }) => sum + weight, 0);
    this.room = Math.min(this.room, 0) + (weights * Math.min(now - this.at, kApart)) / kApart;
    const due = [...this.last].filter(([, at]) => now - at >= kApart).sort(([, a], [, b]) => a - b);
    return due.flatMap(([teller]) => {
      if (this.room <= 0) return [];
      this.room -= teller.weight ?? 1;
      return [teller];
    });
  }
}

/** Between two versions of what is heard and not seen, in ms, while the run goes on. */
const kSeldom = 1000;

/** Holds back for longer: tables for screen readers have hundreds of cells. */
export class Seldom {
  private kept: readonly unknown[] = [];
  private at = Number.NEGATIVE_INFINITY;

  constructor(private readonly clock = () => performance.now()) {}

  /** `now`, or what it was before. A guard's key. */
  key<T>(playing: boolean, now: T[]): T[] {
    const time = this.clock();
    if (playing && time - this.at < kSeldom) return this.kept as T[];
    this.at = time;
    this.kept = now;
    return now;
  }
}

const all = new WeakMap<App, Turns>();

/** Those of one run's panels. */
export function turnsOf(app: App): Turns {
  const known = all.get(app);
  if (known) return known;
  const turns = new Turns(() => app.status.playing);
  app.listen((topic) => topic === 'frame' && turns.frame());
  all.set(app, turns);
  return turns;
}
