// Where the card stands: beside what it talks about, which gets a frame; at the foot of a narrow screen.

/** Between card, frame and the edges, in px. */
const kGap = 16;
const kFrame = 6;
/** On narrower screens nothing has room beside it. */
const kNarrow = 800;

export function placeCard(card: HTMLElement, ring: HTMLElement, anchor: Element | null): void {
  const narrow = document.documentElement.clientWidth < kNarrow;
  card.classList.toggle('foot', narrow);
  ring.hidden = anchor === null;
  if (!anchor) return;
  const box = anchor.getBoundingClientRect();
  Object.assign(ring.style, {
    left: `${box.left + scrollX - kFrame}px`,
    top: `${box.top + scrollY - kFrame}px`,
    width: `${box.width + 2 * kFrame}px`,
    height: `${box.height + 2 * kFrame}px`,
  });
  if (narrow) Object.assign(card.style, { left: '', top: '' });
  else Object.assign(card.style, beside(box, card));
}

/** Right of the anchor, else left of it, else below, else above. */
function beside(box: DOMRect, card: HTMLElement): { left: string; top: string } {
  const { offsetWidth: width, offsetHeight: height } = card;
  const { clientWidth, scrollHeight } = document.documentElement;
  const between = (low: number, x: number, high: number) => Math.max(low, Math.min(x, high));
  const page = (left: number, top: number) => ({
    left: `${left + scrollX}px`,
    top: `${Math.max(kGap, top + scrollY)}px`,
  });
  const top = between(kGap - scrollY, box.top, scrollHeight - scrollY - height - kGap);
  const room = width + 2 * kGap + kFrame;
  if (clientWidth - box.right >= room) return page(box.right + kGap + kFrame, top);
  if (box.left >= room) return page(box.left - width - kGap - kFrame, top);
  const left = between(kGap, box.left, clientWidth - width - kGap);
  const above = box.top - height - kGap - kFrame;
  // Below the anchor the card may leave the screen; above it covers what was just read.
  if (box.bottom + height + 2 * kGap <= innerHeight || above < 0) return page(left, box.bottom + kGap + kFrame);
  return page(left, above);
}

/** Anchor and card on the screen, the anchor's top first. */
export function bringIntoView(card: HTMLElement, anchor: Element | null): void {
  if (!anchor) return;
  const box = anchor.getBoundingClientRect();
  const foot = card.classList.contains('foot') ? card.offsetHeight : 0;
  if (box.top >= 0 && box.bottom + foot <= innerHeight) return;
  const room = innerHeight - foot - box.height;
  scrollTo({ top: scrollY + box.top - Math.max(kGap, Math.min(room / 2, 120)), behavior: 'instant' });
}
