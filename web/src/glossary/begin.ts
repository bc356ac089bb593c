// What a marked term says: on hover, on focus and on a tap; Escape puts it away, and it stays while it is pointed at.
import type { App } from '../app.ts';
import { explainTerms } from '../terms.ts';
import './glossary.css';
import { markTerms } from './mark.ts';
import { glossary } from './words.ts';

const kGap = 6;

let note: HTMLElement | null = null;
let shown: HTMLElement | null = null;

export function beginGlossary(app: App): void {
  explainTerms(markTerms);
  document.addEventListener('pointerover', (event) => {
    const { target, pointerType } = event;
    if (pointerType !== 'mouse' || !(target instanceof Element)) return;
    const term = target.closest<HTMLElement>('.term');
    if (term) show(term);
    else if (shown && !target.closest('.term-note') && document.activeElement !== shown) hide();
  });
  document.addEventListener('focusin', ({ target }) => {
    const term = (target as Element).closest<HTMLElement>('.term');
    if (term) show(term);
    else hide();
  });
  document.addEventListener('click', ({ target }) => {
    const term = (target as Element).closest<HTMLElement>('.term');
    if (term) show(term);
    else if (!(target as Element).closest('.term-note')) hide();
  });
  document.addEventListener(
    'keydown',
    (event) => {
      const term = event.target instanceof Element ? event.target.closest<HTMLElement>('.term') : null;
      if (term && (event.key === 'Enter' || event.key === ' ')) {
        event.preventDefault();
        show(term);
      }
      if (event.key !== 'Escape' || !shown) return;
      // Only the note goes; what lies below stays.
      event.stopPropagation();
      hide();
    },
    true,
  );
  app.tell('settings');
  app.tell('frame');
}

function show(term: HTMLElement): void {
  const entry = glossary[term.dataset.term ?? ''];
  if (!entry || shown === term) return;
  hide();
  const box = made();
  box.replaceChildren(Object.assign(document.createElement('b'), { textContent: entry.name }), ` ${entry.text}`);
  box.showPopover();
  shown = term;
  term.setAttribute('aria-describedby', box.id);
  const at = term.getBoundingClientRect();
  const below = at.bottom + kGap + box.offsetHeight <= innerHeight;
  const left = Math.min(at.left, document.documentElement.clientWidth - box.offsetWidth - 8);
  box.style.left = `${Math.max(8, left) + scrollX}px`;
  box.style.top = `${(below ? at.bottom + kGap : at.top - kGap - box.offsetHeight) + scrollY}px`;
}

function hide(): void {
  if (!shown) return;
  shown.removeAttribute('aria-describedby');
  shown = null;
  if (note?.matches(':popover-open')) note.hidePopover();
}

function made(): HTMLElement {
  if (!note?.isConnected) {
    note = Object.assign(document.createElement('div'), { id: 'term-note', className: 'term-note' });
    note.role = 'tooltip';
    note.popover = 'manual';
    document.querySelector('main')?.append(note);
  }
  return note;
}
