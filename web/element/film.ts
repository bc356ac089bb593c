// A recording as it is shown: pictures by time or by the reader's hand, until the figure meets it.
import { Series } from '../src/series.ts';
import type { Wish } from './attributes.ts';
import type { Figure } from './figure.ts';
import { clearFilm, drawFilm, type Scene } from './film_view.ts';
import type { Opening } from './recording.ts';
import { fetchRecording, type Reel } from './reel.ts';
import { sheet } from './sheet.ts';
import { Tint } from './theme.ts';

/** Steps per second of 'max'. */
const kFast = 240;
const kUsual = 60;
/** How often the figure may run after the film before the film waits for it. */
const kChases = 3;

export interface Orders {
  play(): void;
  /** The figure does not play by itself from here on. */
  rest(): void;
}

export class Film {
  /** It has been played from its start. */
  began = false;
  private at: number;
  private rolling = false;
  private closed = false;
  private readonly series = new Series();

  private constructor(
    private readonly place: HTMLElement,
    private readonly tint: Tint,
    private readonly wish: Wish,
    private readonly orders: Orders,
    private readonly opening: Opening,
    private readonly reel: Reel,
  ) {
    for (const record of opening.records) this.series.add(record);
    this.at = opening.frames.length - 1;
    const { step } = this.asked;
    if (step !== null) this.at = this.before(Number(step));
    tint.choice = wish.theme;
    tint.refresh();
    tint.listen(() => this.draw());
  }

  /** Resolves when it can be shown; throws with one sentence when it cannot be. */
  static async open(place: HTMLElement, root: ShadowRoot, address: string, wish: Wish, orders: Orders): Promise<Film> {
    const reel = fetchRecording(new URL(address, document.baseURI).href);
    const opening = await reel.opening;
    const other = otherKnob(opening, wish.address);
    if (other !== null) {
      reel.stop();
      throw new Error(`The recording cannot be used: it is of another run: ${other}.`);
    }
    root.adoptedStyleSheets = [...new Set([...root.adoptedStyleSheets, sheet()])];
    const film = new Film(place, new Tint(root.host as HTMLElement, place), wish, orders, opening, reel);
    film.draw();
    return film;
  }

  get whole(): Promise<Uint8Array> {
    return this.reel.whole;
  }

  /** Another prompt than the recorded one has other maps. */
  get shows(): boolean {
    return this.asked.prompt === null;
  }

  get step(): number {
    return this.opening.frames[this.at].step;
  }

  run(rolling: boolean): void {
    if (rolling === this.rolling) return;
    this.rolling = rolling;
    if (rolling && !this.began && this.asked.step === null && this.at === this.opening.frames.length - 1) this.at = 0;
    this.began ||= rolling;
    this.draw();
    if (rolling) requestAnimationFrame((now) => this.tick(now, now, this.step));
  }

  /** A step that was recorded, or the last one before. */
  show(step: number): void {
    this.began = true;
    this.rolling = false;
    this.at = this.before(step);
    this.draw();
  }

  /** Brings the figure to what is on show. Throws with one sentence when that is not what was recorded. */
  async meet(figure: Figure): Promise<void> {
    for (let chase = 0; ; chase++) {
      // What is faster than this machine waits for it.
      if (chase === kChases) this.rolling = false;
      const { step } = this;
      await figure.seek(step);
      if (step === this.step) break;
    }
    this.rolling = false;
    const { step, signature } = this.opening.frames[this.at];
    if ((await figure.signature()) !== signature)
      throw new Error(`The recording is not what this browser computes: at step ${step} the numbers differ.`);
    await figure.drawn();
  }

  close(): void {
    this.rolling = false;
    this.closed = true;
    this.reel.stop();
    this.tint.dispose();
    clearFilm(this.place);
  }

  private get asked() {
    const asked = new URLSearchParams(this.wish.address);
    return { step: asked.get('step'), prompt: asked.get('prompt'), speed: asked.get('speed') };
  }

  private get rate(): number {
    const { speed } = this.asked;
    return speed === 'max' ? kFast : Number(speed) || kUsual;
  }

  private before(step: number): number {
    const { frames } = this.opening;
    return Math.max(
      0,
      frames.findLastIndex((frame) => frame.step <= step),
    );
  }

  /** `position` is the step that it would be at, were every one recorded. */
  private tick(now: number, before: number, position: number): void {
    if (!this.rolling) return;
    // After a stall it goes on, and does not jump.
    const to = position + (Math.min(now - before, 50) * this.rate) / 1000;
    const at = this.before(to);
    if (at !== this.at) {
      this.at = at;
      this.draw();
    }
    if (at < this.opening.frames.length - 1) requestAnimationFrame((next) => this.tick(next, now, to));
  }

  private draw(): void {
    if (this.closed) return;
    const { at, opening, series, wish, rolling, tint, orders } = this;
    series.playhead = this.step;
    const scene: Scene = {
      opening,
      series,
      at,
      rolling,
      wish,
      tint,
      orders,
      seek: (step) => this.hand(step),
      play: () => this.again(),
    };
    drawFilm(this.place, scene);
  }

  /** At its end, from its start. */
  private again(): void {
    if (this.began && this.at === this.opening.frames.length - 1) this.at = 0;
    this.orders.play();
  }

  /** The reader's hand stops it. */
  private hand(step: number): void {
    this.show(step);
    this.orders.rest();
  }
}

/** What the attributes say and the recording does not: null where they agree, as far as that can be seen without the presets. */
function otherKnob({ course }: Opening, address: string): string | null {
  const knobs = course as unknown as Record<string, unknown>;
  for (const [name, value] of new URLSearchParams(address)) {
    const recorded = knobs[name];
    // How far a run goes may differ (recording.ts).
    if (name === 'steps' || !Object.hasOwn(knobs, name) || typeof recorded === 'object') continue;
    const same = typeof recorded === 'number' ? Number(value) === recorded : value === String(recorded);
    if (!same) return `${name} is ${String(recorded)} there and ${value.slice(0, 40)} here`;
  }
  return null;
}
