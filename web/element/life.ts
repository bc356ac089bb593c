// The life of one figure in an article: poster, loading, running while it is seen, error. The element (index.ts) is its face.
import { readAttributes, type Wish } from './attributes.ts';
import type { Figure, FigureState } from './figure.ts';
import { News } from './news.ts';
import { Shell } from './shell.ts';
import { watchPlace } from './watch.ts';

export type State = 'poster' | 'loading' | 'ready' | 'playing' | 'paused' | 'finished' | 'error';

export class Life {
  state: State = 'poster';
  problem: string | null = null;
  figure: Figure | null = null;
  wish: Wish;
  private readonly shell: Shell;
  private readonly news: News;
  private loading: Promise<Figure | null> | null = null;
  /** On screen, in a tab that is seen. */
  private seen = false;
  /** To be played as soon as it is seen. */
  private held = false;
  private begun = false;
  /** When it is first seen, it is to be taken to some step. */
  private arrives = false;
  private rests = false;
  private revealed = false;
  /** Where it was when it was taken out of the document. */
  private kept: FigureState | null = null;
  private turn: Promise<unknown> = Promise.resolve();
  private stop: (() => void) | null = null;
  private readonly calm = matchMedia('(prefers-reduced-motion: reduce)');
  private readonly changes = new MutationObserver(() => this.reread());

  constructor(
    private readonly host: HTMLElement,
    private readonly settled: { ready(): void; fail(error: Error): void },
  ) {
    this.wish = readAttributes(host.attributes);
    this.news = new News(host);
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
      if (this.figure && this.figure.app.status.step > 0) this.kept = this.figure.state;
      this.drop();
      this.become('poster');
    });
  }

  /** null: it cannot be, and `error` has said why. */
  load(): Promise<Figure | null> {
    this.loading ??= this.open().catch((error: unknown) => {
      this.fail(error instanceof Error ? error.message : String(error));
      return null;
    });
    return this.loading;
  }

  private async open(): Promise<Figure> {
    const { wish, shell } = this;
    this.become('loading');
    if (wish.problems.length > 0) throw new Error(wish.problems.join(' '));
    if (typeof WebAssembly === 'undefined') throw new Error('This browser offers no WebAssembly here.');
    const { Figure } = await import('./figure.ts');
    const figure = await Figure.open(shell.root, shell.live, wish, {
      changed: () => this.changed(),
      failed: (sentence) => this.fail(sentence),
    });
    this.figure = figure;
    // Attributes may have changed on the way.
    if (this.wish !== wish) await figure.follow(this.wish, wish);
    this.rests = this.kept !== null || figure.app.settings.step !== null;
    this.arrives = this.rests;
    this.held ||= this.starts && !this.arrives;
    if (this.held || this.arrives || !shell.pictured) this.reveal();
    this.become('ready');
    this.settled.ready();
    this.news.emit('ready', {});
    void this.follow();
    return figure;
  }

  /** Does it start by itself? */
  private get starts(): boolean {
    return this.wish.autoplay === 'onscreen' && !this.calm.matches;
  }

  private reveal(): void {
    this.shell.show(true);
    this.revealed = true;
    this.offer();
  }

  /** A button, where it would else wait for ever: for a click, or with reduced motion, if the figure has none in sight. */
  private offer(): void {
    const { autoplay, controls } = this.wish;
    const waits = autoplay === 'click' || (autoplay === 'onscreen' && this.calm.matches);
    const bare = autoplay === 'click' || !this.revealed || controls === 'none';
    this.shell.offer(waits && bare && !this.begun && !this.held && !this.rests && this.problem === null);
  }

  private reread(): void {
    const before = this.wish;
    this.wish = readAttributes(this.host.attributes);
    this.shell.dress(this.wish);
    this.offer();
    const { figure } = this;
    if (this.problem !== null && JSON.stringify(this.wish) !== JSON.stringify(before)) this.again();
    else if (figure) void this.next(() => this.change(figure, before));
  }

  private async change(figure: Figure, before: Wish): Promise<void> {
    const goes_on = figure.app.goes_on || this.held;
    if (this.wish.problems.length > 0) throw new Error(this.wish.problems.join(' '));
    if (this.wish.graphics !== before.graphics) return this.again(goes_on); // In another worker (pool.ts).
    await figure.follow(this.wish, before);
    if (this.wish.address !== before.address && goes_on) this.held = true;
    void this.follow();
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
    this.news.emit(seen ? 'onscreen' : 'offscreen', {});
    void this.follow();
  }

  /** To the step of the attributes, or to where it was. */
  private async arrive({ app, restore }: Figure): Promise<void> {
    if (!this.arrives) return;
    this.arrives = false;
    const way = this.kept ? restore(this.kept) : app.timeline.opened();
    // Pictures of the way there.
    app.poke();
    await way;
    this.kept = null;
  }

  /** Runs while it is seen, and not else. */
  follow(): Promise<void> {
    return this.next(async () => {
      const { figure, seen } = this;
      if (!figure) return;
      const { app } = figure;
      if (seen) await this.arrive(figure);
      if (!seen && app.status.playing) {
        this.held = true;
        await app.pause();
      } else if (seen && this.held) {
        this.held = false;
        this.shell.offer(false);
        await app.play();
      }
    });
  }

  /** One after the other; what fails is told, not thrown. */
  next(task: () => Promise<unknown>): Promise<void> {
    const done = this.turn.then(task).then(
      () => undefined,
      (error: unknown) => this.fail(error instanceof Error ? error.message : String(error)),
    );
    this.turn = done;
    return done;
  }

  async play(): Promise<void> {
    this.held = true;
    this.shell.offer(false);
    if (!(await this.load())) return;
    this.reveal();
    await this.follow();
  }

  /** What a method of the element does to the figure. */
  async act(task: (figure: Figure) => Promise<unknown>): Promise<void> {
    const figure = await this.load();
    if (!figure) return;
    this.begun = true;
    this.reveal();
    await this.next(async () => {
      await this.arrive(figure);
      await task(figure);
    });
  }

  async pause(): Promise<void> {
    this.held = false;
    if (this.figure) await this.act(({ app }) => app.pause());
  }

  private changed(): void {
    const { figure } = this;
    if (!figure || this.problem !== null) return;
    const { playing, finished } = figure.app.status;
    if (playing && !this.seen) void this.follow();
    this.news.follow(figure.app);
    this.begun ||= playing;
    this.become(playing ? 'playing' : finished ? 'finished' : this.begun ? 'paused' : 'ready');
  }

  private become(state: State): void {
    if (state === this.state) return;
    this.state = state;
    this.news.emit('statechange', { state });
  }

  private fail(sentence: string): void {
    if (this.problem !== null) return;
    this.problem = sentence;
    this.drop();
    this.loading = Promise.resolve(null);
    this.shell.offer(false);
    this.shell.tell(sentence);
    this.settled.fail(new Error(sentence));
    this.become('error');
    this.news.emit('error', { message: sentence });
  }

  private drop(): void {
    this.figure?.dispose();
    this.figure = null;
    this.loading = null;
    this.revealed = false;
    this.shell.show(false);
  }
}
