// A small panel above the page, beside what opened it. The browser closes it on Escape and on a click elsewhere, and the focus goes back.

/** Between a panel and the edge of the screen, and what opened it, in px. */
const kGap = 8;

export function showBeside(panel: HTMLElement, anchor: HTMLElement): void {
  panel.popover = 'auto';
  panel.showPopover();
  place(panel, anchor);
  panel.querySelector<HTMLElement>('[data-first]')?.focus();
  panel.ontoggle = (event) => {
    const closed = (event as ToggleEvent).newState === 'closed';
    // Where the reader has clicked something else, the focus is there already.
    if (closed && (document.activeElement === document.body || panel.contains(document.activeElement))) anchor.focus();
  };
}

/** Below the anchor, to the left where there is no room on the right. It scrolls with the page. */
export function place(panel: HTMLElement, anchor: HTMLElement): void {
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const screen = document.documentElement.clientWidth;
  const left = Math.max(kGap, Math.min(box.left, screen - width - kGap));
  const below = box.bottom + kGap + height <= innerHeight || box.top < height + kGap;
  panel.style.left = `${left + scrollX}px`;
  panel.style.top = `${Math.max(kGap, below ? box.bottom + kGap : box.top - height - kGap) + scrollY}px`;
}
