// The life of one figure in an article: poster, loading, running while it is seen, error. The element (index.ts) is its face.
import { readAttributes, type Wish } from './attributes.ts';
import type { Figure, FigureState } from './figure.ts';
import { loadFigure } from './parts.ts';
import type { Recorded } from './recorded.ts';
import { Shell } from './shell.ts';
import { type Settled, Standing, sentenceOf } from './standing.ts';
import { Turns } from './turns.ts';
import { watchPlace } from './watch.ts';

/** Of the figure's worker, that the figure comes back from. */
const kDeaths = 3;

export class Life extends Standing {
  figure: Figure | null = null;
  wish: Wish;
  private readonly shell: Shell;
  private loading: Promise<Figure | null> | null = null;
  /** On screen, in a tab that is seen. */
  private seen = false;
  /** To be played as soon as it is seen. */
  private held = false;
  private begun = false;
  private rests = false;
  private revealed = false;
  /** Where it was when it was taken out of the document. */
  private kept: FigureState | null = null;
  recorded: Recorded | null = null;
  private recording: Promise<unknown> | null = null;
  private readonly turns = new Turns((error) => this.fail(sentenceOf(error)));
  private deaths = 0;
  private stop: (() => void) | null = null;
  private readonly calm = matchMedia('(prefers-reduced-motion: reduce)');
  private readonly changes = new MutationObserver(() => this.reread());

  constructor(host: HTMLElement, settled: Settled) {
    super(host, settled);
    this.wish = readAttributes(host.attributes);
    this.shell = new Shell(host.attachShadow({ mode: 'open' }), () => void this.play());
  }

  connect(): void {
    this.reread();
    this.changes.observe(this.host, { attributes: true });
    this.stop = watchPlace(this.host, {
      near: () => void this.load(),
      seen: (seen) => this.see(seen),
    });
  }

  disconnect(): void {
    this.stop?.();
    this.changes.disconnect();
    this.seen = false;
    // Moved within the document, it goes on as it is.
    queueMicrotask(() => {
      if (this.host.isConnected) return;
      if (this.figure) this.kept = this.figure.left;
      this.recorded?.close();
      this.drop();
      this.become('poster');
    });
  }

  private record(): void {
    const { wish, shell } = this;
    if (this.kept !== null || !(this.recorded || wish.recording) || wish.problems.length > 0) return;
    const trouble = (error: unknown) => this.warn(shell, sentenceOf(error));
    const orders = { play: () => void this.play(), rest: () => this.rest() };
    const come = ({ Recorded: Kind }: typeof import('./recorded.ts')) => {
      this.recorded ??= new Kind(shell, orders, trouble);
      this.recorded.load(wish);
      this.roll();
    };
    this.recording = import('./recorded.ts').then(come).catch(trouble);
  }

  /** null: it cannot be, and `error` has said why. */
  load(): Promise<Figure | null> {
    this.loading ??= this.open().catch((error: unknown) => {
      this.fail(sentenceOf(error));
      return null;
    });
    return this.loading;
  }

  private async open(): Promise<Figure> {
    const { wish, shell } = this;
    this.become('loading');
    if (wish.problems.length > 0) throw new Error(wish.problems.join(' '));
    if (typeof WebAssembly === 'undefined') throw new Error('This browser offers no WebAssembly here.');
    this.record();
    const { Figure } = await loadFigure();
    const figure = await Figure.open(shell.root, shell.live, wish, {
      changed: () => this.changed(),
      failed: (sentence) => this.fail(sentence),
      crashed: (sentence) => this.crashed(sentence),
    });
    // Attributes may have changed on the way.
    if (this.wish !== wish) await figure.follow(this.wish, wish);
    await this.recording;
    await this.recorded?.lay(figure);
    this.rests = figure.arrival.plan(figure, this.kept);
    this.kept = null;
    this.held ||= this.starts && !figure.arrival.due && !this.recorded?.touched;
    if (this.held || figure.arrival.due || !shell.pictured) await this.reveal(figure);
    if (this.problem !== null) {
      figure.dispose();
      throw new Error(this.problem);
    }
    this.figure = figure;
    this.become('ready');
    this.settled.ready();
    this.emit('ready');
    void this.follow();
    return figure;
  }

  private get starts(): boolean {
    return this.wish.autoplay === 'onscreen' && !this.calm.matches;
  }

  private async reveal(figure: Figure): Promise<void> {
    if (await this.recorded?.meet(figure)) figure.arrival.due = false;
    this.shell.show(true);
    this.revealed = true;
    this.offer();
  }

  /** A button, where it would else wait for ever: for a click, or with reduced motion, if the figure has none in sight. */
  private offer(): void {
    const { autoplay, controls } = this.wish;
    const waits = autoplay !== 'never' && !this.starts && !this.begun && !this.held && !this.rests;
    const bare = autoplay === 'click' || !this.revealed || controls === 'none';
    this.shell.offer(waits && bare && this.problem === null);
  }

  private reread(): void {
    const before = this.wish;
    this.wish = readAttributes(this.host.attributes);
    this.shell.dress(this.wish);
    this.offer();
    const other = JSON.stringify(this.wish) !== JSON.stringify(before);
    if (this.figure) void this.change(this.figure, before);
    else if (other && this.problem !== null) this.again();
    else if (other && this.recording) this.record();
  }

  private change(figure: Figure, before: Wish): Promise<void> {
    return this.turns.next(async () => {
      const goes_on = figure.app.goes_on || this.held;
      if (this.wish.problems.length > 0) throw new Error(this.wish.problems.join(' '));
      if (this.wish.graphics !== before.graphics) {
        this.recorded?.close();
        this.again(goes_on); // In another worker (pool.ts).
        return;
      }
      await figure.follow(this.wish, before);
      if (this.wish.address !== before.address) {
        this.recorded?.close();
        if (!this.shell.pictured) await this.reveal(figure);
        this.held ||= goes_on;
      }
      void this.follow();
    });
  }

  /** From the beginning, with other attributes: after an error, or with another kind of engine. */
  private again(held = this.held): void {
    this.drop();
    this.held = held;
    this.problem = null;
    this.shell.tell(null);
    void this.load();
  }

  private see(seen: boolean): void {
    this.seen = seen;
    this.emit(seen ? 'onscreen' : 'offscreen');
    this.roll();
    void this.follow();
  }

  /** Runs while it is seen, and not else. */
  follow(): Promise<void> {
    return this.turns.next(async () => {
      const { figure, seen } = this;
      if (!figure) return;
      if (seen) await figure.arrival.arrive(figure);
      if (!seen && figure.app.status.playing) {
        this.held = true;
        await figure.app.pause();
      } else if (seen && this.held) {
        this.held = false;
        this.begun = true;
        this.shell.offer(false);
        await figure.app.play();
      }
    });
  }

  async play(): Promise<void> {
    this.held = true;
    this.shell.offer(false);
    this.roll();
    const figure = await this.load();
    if (!figure) return;
    await this.reveal(figure);
    await this.follow();
  }

  /** What a method of the element does to the figure. */
  async act(task: (figure: Figure) => Promise<unknown>): Promise<void> {
    const figure = await this.load();
    if (!figure) return;
    this.begun = true;
    await this.reveal(figure);
    await this.turns.next(async () => {
      await figure.arrival.arrive(figure);
      await task(figure);
    });
  }

  private roll(): void {
    const begins = this.held || (this.starts && !this.recorded?.touched);
    this.recorded?.run(this.seen && this.figure === null && begins);
  }

  private rest(): void {
    this.held = false;
    this.recorded?.halt();
  }

  async pause(): Promise<void> {
    this.rest();
    if (this.figure) await this.act(({ app }) => app.pause());
  }

  private changed(): void {
    const { figure } = this;
    if (!figure || this.problem !== null) return;
    const { playing, finished } = figure.app.status;
    if (playing && !this.seen) void this.follow();
    figure.tell(this.emit);
    this.begun ||= playing;
    this.become(playing ? 'playing' : finished ? 'finished' : this.begun ? 'paused' : 'ready');
  }

  /** Its worker has died: the same run in another one, trained again up to where it was. One that dies again and again is let go. */
  private crashed(sentence: string): void {
    const { figure } = this;
    this.turns.abandon();
    if (!figure || ++this.deaths > kDeaths) {
      this.fail(figure ? `${sentence}, again and again.` : sentence);
      return;
    }
    const kept = figure.arrival.kept ?? figure.state;
    this.kept = kept;
    this.recorded?.close();
    this.again(figure.app.status.playing || this.held);
    this.warn(this.shell, `${sentence}; it was started anew, up to step ${kept.step} again.`);
  }

  private fail(sentence: string): void {
    if (this.problem !== null) return;
    this.problem = sentence;
    this.drop();
    this.loading = Promise.resolve(null);
    this.giveUp(this.shell, sentence);
  }

  private drop(): void {
    this.figure?.dispose();
    this.figure = this.loading = null;
    this.revealed = false;
    this.shell.show(false);
  }
}
