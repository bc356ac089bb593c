// One living figure: a session of the pool, the page's App on it, and the panels. Loaded only when the reader comes near.
import { App } from '../src/app.ts';
import { CallError } from '../src/client.ts';
import { type Ablation, restored } from '../src/held.ts';
import { Puller } from '../src/puller.ts';
import type { Settings } from '../src/state.ts';
import { encodeHash } from '../src/url.ts';
import { Arrival } from './arrival.ts';
import type { Wish } from './attributes.ts';
import { type Emit, News } from './news.ts';
import { ownTask } from './own_task.ts';
import { census, type Seat, takeSeat } from './pool.ts';
import { sheet } from './sheet.ts';
import { Tint } from './theme.ts';
import { View } from './view.ts';

export { census };

const calm = matchMedia('(prefers-reduced-motion: reduce)');

/** What the element wants to hear. */
export interface Ears {
  /** Something of the run has changed: a picture, or what it does. */
  changed(): void;
  failed(sentence: string): void;
  /** The worker died: half a sentence, once the figure has come. */
  crashed(sentence: string): void;
}

/** A run that can be given back to `setState`: settings as an address, and the step. */
export interface FigureState {
  version: 1;
  address: string;
  step: number;
}

/** Why a worker does not come, where the browser gives no reason. */
function sandboxed(): string {
  return self.origin === 'null'
    ? 'the frame’s sandbox gives it no origin (allow-same-origin), and a Worker needs one.'
    : '';
}

export class Figure {
  readonly arrival = new Arrival();
  private readonly news = new News();
  private readonly ending = new AbortController();

  private constructor(
    readonly app: App,
    private readonly seat: Seat,
    private readonly tint: Tint,
    private readonly view: View,
  ) {}

  /** Throws with one sentence when it cannot be, and leaves nothing behind. */
  static async open(root: ShadowRoot, place: HTMLElement, wish: Wish, ears: Ears): Promise<Figure> {
    let crash: (error: Error) => void = () => undefined;
    const crashed = new Promise<never>((_, reject) => {
      crash = reject;
    });
    let come = false;
    crashed.catch((error: Error) => ears.crashed(error.message));
    const failed = (given: string) => {
      const why = given || sandboxed();
      if (come) crash(new Error(`The model stopped working unexpectedly${why ? ` (${why})` : ''}`));
      else crash(new Error(`The worker could not run here${why ? `: ${why}` : '.'}`));
    };
    // Where readers may choose WebGPU themselves, it is the same device.
    const seat = takeSeat(failed, wish.graphics || wish.controls === 'all');
    const tint = new Tint(root.host as HTMLElement, place);
    try {
      const figure = await Promise.race([Figure.build(root, place, wish, ears, seat, tint), crashed]);
      come = true;
      return figure;
    } catch (error) {
      seat.leave();
      tint.dispose();
      throw error;
    }
  }

  private static async build(
    root: ShadowRoot,
    place: HTMLElement,
    wish: Wish,
    ears: Ears,
    seat: Seat,
    tint: Tint,
  ): Promise<Figure> {
    const { client } = seat;
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet()];
    const schema = await client.call('schema', null);
    const puller = new Puller(
      client,
      () => calm.matches,
      () => tint.colours,
    );
    const app = new App(client, schema, () => puller.poke(), ears.changed);
    const view = new View();
    const figure = new Figure(app, seat, tint, view);
    await figure.follow(wish);
    view.colour(root, tint);
    tint.listen(() => puller.poke());
    app.listen(() => (app.trouble === null ? ears.changed() : ears.failed(app.trouble)));
    // Drawing all panels for the first time is most of what the article's thread has to do.
    await ownTask();
    place.replaceChildren(view);
    puller.begin(app, figure.ending.signal);
    await Promise.all([figure.drawn(), view.whole]);
    return figure;
  }

  /** Other attributes: another run, or another look. Throws with a sentence when an attribute cannot be followed. */
  async follow(wish: Wish, before?: Wish): Promise<void> {
    const { app, view, tint } = this;
    view.app = app;
    view.panels = wish.panels;
    view.controls = wish.controls;
    tint.choice = wish.theme;
    tint.refresh();
    if (wish.address === before?.address) return;
    await app.openHash(wish.address);
    if (app.notices.length > 0) throw new CallError(app.notices.join(' '), []);
  }

  /** Resolves with the next picture. */
  drawn(): Promise<void> {
    this.app.poke();
    return new Promise((done) => {
      const stop = this.app.listen((topic) => {
        if (topic !== 'frame' || !this.app.view) return;
        stop();
        void this.view.updateComplete.then(() => done());
      });
    });
  }

  /** As the address says the run, whatever it is called on the way. */
  get state(): FigureState {
    const { settings, status } = this.app;
    const plain: Settings = { ...settings, step: null };
    return { version: 1, address: encodeHash(plain).slice(1), step: status.step };
  }

  /** Where it is when it is taken out of the document; null: at its start. */
  get left(): FigureState | null {
    return this.arrival.kept ?? (this.app.status.step > 0 ? this.state : null);
  }

  async seek(step: number): Promise<void> {
    const { app } = this;
    const to = Math.max(0, Math.round(step));
    // A kept state at or before it, however far away; from there it is trained up to.
    const status = await app.client.call('seek', { step: to, exact: false });
    app.setStatus(status);
    if (to > status.step) await app.advance(to - status.step);
  }

  /** Lays a recording under the run, which is at step 0. Throws when it is of another one; then `again` has to follow. */
  async lay(recording: Uint8Array): Promise<void> {
    const { app } = this;
    const { settings } = app;
    const bytes = new Uint8Array(recording);
    const body = { bytes, knobs: {}, engine: settings.engine };
    await app.adopt(async () => ({ run: await app.client.call('open_file', body), settings, left_out: null }));
    await this.drawn();
  }

  /** The same run from its start. */
  async again(): Promise<void> {
    await this.app.openHash(encodeHash(this.app.settings).slice(1));
  }

  ablate(head: string, how: Ablation | null): Promise<void> {
    const line = how === null ? [] : [`ablate ${head} ${how}`];
    return this.app.surgery.hold((lines) => [...restored(lines, head), ...line]);
  }

  restore = async ({ address, step }: FigureState): Promise<void> => {
    await this.app.openHash(address);
    if (step > 0) await this.app.advance(step);
  };

  /** What is new of the run. */
  tell(emit: Emit): void {
    this.news.follow(this.app, emit);
  }

  async file(): Promise<Uint8Array> {
    return (await this.app.client.call('save', { model: false })).bytes;
  }

  async signature(): Promise<string> {
    return (await this.app.client.call('signature', null)).signature;
  }

  dispose(): void {
    this.ending.abort();
    this.view.remove();
    this.tint.dispose();
    this.seat.leave();
  }
}
