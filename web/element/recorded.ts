// A figure's recording, as long as training is not there: a poster that plays. Then the figure goes on from the step on show.
import type { Wish } from './attributes.ts';
import type { Figure } from './figure.ts';
import { Film, type Orders } from './film.ts';
import type { Shell } from './shell.ts';

export class Recorded {
  /** The reader, or the article, has taken it to a step. */
  touched = false;
  private film: Film | null = null;
  private coming: Promise<Film | null> | null = null;
  private meeting: Promise<boolean> | null = null;
  private rolls = false;
  /** The run of the figure has the recording as its past. */
  private laid = false;

  constructor(
    private readonly shell: Shell,
    private readonly orders: Orders,
    /** Told what is wrong with it; the figure does without. */
    private readonly trouble: (error: unknown) => void,
  ) {}

  /** The step on show; null: it is a poster, or there is none. */
  get step(): number | null {
    return this.film && (this.touched || this.film.began) ? this.film.step : null;
  }

  /** Of a figure that is not there yet; another one takes the place of the last. */
  load(wish: Wish): void {
    const { recording, address } = wish;
    const { shell, orders } = this;
    this.close();
    if (recording === null) return;
    this.touched = new URLSearchParams(address).has('step');
    const coming: Promise<Film | null> = Film.open(shell.film, shell.root, recording, wish, orders)
      .then((film) => {
        if (this.coming !== coming) film.close();
        else this.film = film;
        this.draw();
        return this.film;
      })
      .catch((error: unknown) => (this.coming === coming ? this.refuse(error) : null));
    this.coming = coming;
  }

  run(rolls: boolean): void {
    this.rolls = rolls;
    this.draw();
  }

  halt(): void {
    this.touched ||= this.film?.began ?? false;
    this.run(false);
  }

  show(step: number): void {
    this.touched = true;
    this.rolls = false;
    this.film?.show(step);
    this.draw();
  }

  /** The author's own poster stays until something moves. */
  private draw(): void {
    const { film, shell } = this;
    if (!film) return;
    if (this.rolls || this.touched || !shell.pictured) shell.roll(film.shows);
    film.run(this.rolls && film.shows);
  }

  /** Gives the figure, at step 0, what was recorded. */
  async lay(figure: Figure): Promise<void> {
    const film = await this.coming;
    if (!film) return;
    try {
      await figure.lay(await film.whole);
      this.laid = true;
    } catch (error) {
      this.refuse(error);
      await figure.again();
    }
  }

  /** Brings the figure to the step on show, and leaves the stage to it. true: it is where it was to be. */
  meet(figure: Figure): Promise<boolean> {
    this.meeting ??= this.leave(figure).finally(() => {
      this.meeting = null;
    });
    return this.meeting;
  }

  private async leave(figure: Figure): Promise<boolean> {
    const { film } = this;
    if (!film) return false;
    const wanted = figure.app.settings.step;
    try {
      if (wanted !== null && !film.began) await figure.seek(wanted);
      else if (this.step !== null) await film.meet(figure);
      if (figure.app.status.finished) this.orders.rest();
    } catch (error) {
      this.laid = false;
      this.refuse(error);
      await figure.again();
    }
    this.close();
    return this.laid;
  }

  private refuse(error: unknown): null {
    this.trouble(error);
    this.close();
    return null;
  }

  close(): void {
    this.film?.close();
    this.film = null;
    this.coming = null;
    this.shell.roll(false);
  }
}
