// The element's own tree, before anything is loaded: a reserved box, the poster, a button, and a line for what went wrong.

import type { Wish } from './attributes.ts';
import { reservedHeight } from './height.ts';
import shellCss from './shell.css?inline';

let sheet: CSSStyleSheet | null = null;

export class Shell {
  readonly live = part('div', 'live', 'figure');
  private readonly frame = part('div', 'frame', 'frame');
  readonly film = part('div', 'film', 'recording');
  private readonly poster = part('div', 'poster', 'poster');
  private readonly image = document.createElement('img');
  private readonly start = part('button', 'start', 'start') as HTMLButtonElement;
  private readonly message = part('p', 'message', 'message');

  constructor(
    readonly root: ShadowRoot,
    start: () => void,
  ) {
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(shellCss);
    }
    root.adoptedStyleSheets = [sheet];
    // The article's own picture, or what stands there for readers without scripts, is a poster too.
    const slot = document.createElement('slot');
    slot.append(this.image);
    this.poster.append(slot);
    this.image.alt = '';
    this.start.type = 'button';
    this.start.textContent = '▶ Play';
    this.start.hidden = true;
    this.start.addEventListener('click', start);
    this.message.hidden = true;
    this.message.setAttribute('role', 'alert');
    this.live.classList.add('figure');
    this.live.inert = true;
    this.film.classList.add('figure');
    this.film.hidden = true;
    this.frame.append(this.live, this.film, this.poster, this.start, this.message);
    root.append(this.frame);
  }

  /** As the attributes say; `pictured`: there is something to see before the figure is there. */
  dress(wish: Wish): void {
    const [wide, narrow] = reservedHeight(wish);
    this.frame.style.setProperty('--reserved-wide', wide);
    this.frame.style.setProperty('--reserved-narrow', narrow);
    this.image.hidden = wish.poster === null;
    if (wish.poster !== null && this.image.getAttribute('src') !== wish.poster) this.image.src = wish.poster;
    this.poster.classList.toggle('plain', !this.pictured);
  }

  get pictured(): boolean {
    const { host } = this.root;
    return !this.film.hidden || !this.image.hidden || host.childElementCount > 0 || host.textContent?.trim() !== '';
  }

  /** Figure or poster. */
  show(live: boolean): void {
    this.live.inert = !live;
    this.poster.hidden = live || !this.film.hidden;
  }

  /** Recording or poster, where the figure is not shown. */
  roll(film: boolean): void {
    this.film.hidden = !film;
    this.poster.hidden = film || !this.live.inert;
  }

  offer(start: boolean): void {
    this.start.hidden = !start;
  }

  /** `beside`: the figure goes on, and the sentence stands below it. */
  tell(sentence: string | null, beside = false): void {
    this.message.classList.toggle('going-on', beside);
    this.message.hidden = sentence === null;
    this.message.textContent = sentence ?? '';
  }
}

function part(tag: string, name: string, known_as: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = name;
  element.setAttribute('part', known_as);
  return element;
}
