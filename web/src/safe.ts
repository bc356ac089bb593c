// A late state of each branch, kept outside the worker: should the worker die, a long run comes back from there instead of from its start.
import type { App } from './app.ts';
import type { Answer, Body } from './protocol.ts';
import type { Series } from './series.ts';

/** How often the worker is asked for one while it trains, in ms. */
const kEvery = 10_000;
/** What they may take together: 64 MiB, as the worker's own. The one that was told last always stays. */
const kMostBytes = 64 * 2 ** 20;

export interface Held extends Body<'restore'> {
  /** What the page knew of the branch; it goes on growing. */
  series: Series;
}

/** By branch. */
export type HeldStates = ReadonlyMap<number, Held>;

export class Safe {
  private held = new Map<number, Held>();
  /** Told, but the probes before it come with the next picture only. */
  private pending: Answer<'safe'> = null;
  private asked = performance.now();
  private names: unknown;

  constructor(private readonly app: Pick<App, 'client' | 'series' | 'status' | 'timeline'>) {}

  /** After each picture. */
  follow(): void {
    const { client, series, status, timeline } = this.app;
    const { branch, frontier, back } = timeline.facts;
    // Another run has other ones.
    if (timeline.names !== this.names) this.give();
    this.names = timeline.names;
    const { pending } = this;
    this.pending = null;
    if (pending?.branch === branch) this.hold(branch, { ...pending, series });
    // The run went back: what comes now is another future.
    if ((this.held.get(branch)?.step ?? 0) > frontier) this.held.delete(branch);
    const now = performance.now();
    if (!status.playing || back || now < this.asked + kEvery) return;
    this.asked = now;
    client.call('safe', null).then(
      (state) => {
        this.pending = state;
      },
      () => undefined,
    );
  }

  hold(branch: number, held: Held): void {
    // In the order in which they were told.
    this.held.delete(branch);
    this.held.set(branch, held);
    let bytes = [...this.held.values()].reduce((sum, each) => sum + each.bytes.length, 0);
    for (const [id, each] of this.held) {
      if (bytes <= kMostBytes || id === branch) return;
      this.held.delete(id);
      bytes -= each.bytes.length;
    }
  }

  /** They are not this one's any more. */
  give(): HeldStates {
    const { held } = this;
    this.held = new Map();
    this.pending = null;
    this.asked = performance.now();
    return held;
  }
}
