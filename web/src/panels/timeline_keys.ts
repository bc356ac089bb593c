// Keys of the timeline, and what a step is called.
import type { App } from '../app.ts';
import type { OnsetEvent } from '../series.ts';
import { timelineStrings as words } from '../strings_timeline.ts';
import type { Timeline } from '../timeline.ts';

const kStored = 'induction.shortcuts';

/** Single keys on the whole page can be switched off, for those who speak to their computer. */
export function shortcutsOn(): boolean {
  try {
    return localStorage.getItem(kStored) !== 'off';
  } catch {
    return true;
  }
}

export function setShortcuts(on: boolean): void {
  try {
    localStorage.setItem(kStored, on ? 'on' : 'off');
  } catch {
    // Without storage they stay on.
  }
}

/** 'step 320, after the previous-token head, before the induction head' */
export function describeStep(step: number, onsets: readonly OnsetEvent[]): string {
  const sides = onsets.map((onset) => (step < onset.step ? words.before : words.after)[onset.kind]);
  return [words.at(step), ...sides].join(', ');
}

/** Where a key in the timeline leads; null: nowhere. */
export function moveFor(event: KeyboardEvent, timeline: Timeline, every: number): number | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const { aim, frontier } = timeline;
  const page = Math.max(every, Math.round(frontier / 10 / every) * every);
  const moves: Record<string, number> = {
    ArrowLeft: event.shiftKey ? aim - 1 : aim % every === 0 ? aim - every : aim - (aim % every),
    ArrowRight: event.shiftKey ? aim + 1 : aim + every - (aim % every),
    PageDown: aim - page,
    PageUp: aim + page,
    Home: 0,
    End: frontier,
  };
  moves.ArrowDown = moves.ArrowLeft;
  moves.ArrowUp = moves.ArrowRight;
  const to = moves[event.key];
  return to === undefined ? null : Math.max(0, Math.min(frontier, to));
}

/** Space, comma and full stop wherever in `root`, the page or a figure in an article, no control wants them. Returns how to stop listening. */
export function startKeys(app: App, root: Node): () => void {
  const listen = (event: Event) => {
    if (!(event instanceof KeyboardEvent)) return;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const in_timeline = event.target instanceof Element && event.target.id === 'time-rail';
    if (!in_timeline && (wantsKeys(event.target) || !shortcutsOn())) return;
    if (event.key === ' ') void (app.status.playing ? app.pause() : app.play());
    else if (event.key === ',') void app.timeline.move(-1);
    else if (event.key === '.') void app.timeline.move(1);
    else return;
    event.preventDefault();
  };
  root.addEventListener('keydown', listen);
  return () => root.removeEventListener('keydown', listen);
}

function wantsKeys(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest('a, button, input, select, textarea, summary, [tabindex]') !== null
  );
}
