// While a run goes on, words change ten times a second: nobody reads faster, and each change is laid out and painted anew.
// Panels take turns, so that no one picture pays for all of them; those off the screen wait longer. At rest everything is up to date at once.
import type { App } from '../app.ts';

/** Between two changes of a panel's words, in ms. */
export const kApart = 100;
/** The same of what is heard and not seen. */
export const kSeldom = 1000;

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
  private readonly unseen = new Set<Teller>();
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
    this.unseen.delete(teller);
  }

  /** It has come onto the screen, or has left it. */
  see(teller: Teller, seen: boolean): void {
    if (!seen && this.last.has(teller)) this.unseen.add(teller);
    else if (this.unseen.delete(teller)) teller.requestUpdate();
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
    if (playing) for (const teller of this.last.keys()) if (!this.unseen.has(teller)) teller.draw?.();
    this.at = now;
  }

  /** Of those whose turn it is, who waited longest: as many as let each have its turn in time. */
  private next(now: number): Teller[] {
    const every = (teller: Teller) => (this.unseen.has(teller) ? kSeldom : kApart);
    const weights = [...this.last.keys()].reduce((sum, one) => sum + ((one.weight ?? 1) * kApart) / every(one), 0);
    // Half a round of debt at most: a dear one must not keep the others waiting.
    this.room = Math.max(Math.min(this.room, 0), -weights / 2) + (weights * Math.min(now - this.at, kApart)) / kApart;
    const due = [...this.last].filter(([one, at]) => now - at >= every(one)).sort(([, a], [, b]) => a - b);
    return due.flatMap(([teller]) => {
      if (this.room <= 0) return [];
      this.room -= teller.weight ?? 1;
      return [teller];
    });
  }
}

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

/** Gives a panel its turns among the others of its run, as long as it is in the page. Gives back how to leave. */
export function takeTurns(app: App, panel: Teller & Element): () => void {
  const turns = all.get(app) ?? new Turns(() => app.status.playing);
  if (!all.has(app)) app.listen((topic) => topic === 'frame' && turns.frame());
  all.set(app, turns);
  turns.join(panel);
  // A box without a size is one whose parts lie elsewhere, as the story's on phones.
  const observer = new IntersectionObserver(
    (entries) => {
      const last = entries.at(-1);
      if (last) turns.see(panel, last.isIntersecting || last.boundingClientRect.height === 0);
    },
    { rootMargin: '100px' },
  );
  observer.observe(panel);
  return () => {
    observer.disconnect();
    turns.leave(panel);
  };
}
