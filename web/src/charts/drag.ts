// Dragging along a step axis with mouse, pen or finger.

/** A pointer that has not moved for so long has come to rest, in ms. */
const kRest = 150;
/** A finger that has moved so far sideways does not scroll, in px. */
const kSlop = 6;

/**
 * `moved` is told of each place, and whether the pointer rests there. A finger counts from its first touch where `eager`; elsewhere only
 * when it goes sideways, so that vertical strokes scroll the page (touch-action: pan-y).
 */
export function dragAlong(
  element: HTMLElement,
  moved: (event: PointerEvent, rest: boolean) => void,
  { eager = false } = {},
): void {
  let dragging: { id: number; x: number; sure: boolean } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const move = (event: PointerEvent) => {
    clearTimeout(timer);
    moved(event, false);
    timer = setTimeout(() => moved(event, true), kRest);
  };
  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || dragging) return;
    const sure = eager || event.pointerType !== 'touch';
    dragging = { id: event.pointerId, x: event.clientX, sure };
    element.setPointerCapture(event.pointerId);
    if (sure) move(event);
  });
  element.addEventListener('pointermove', (event) => {
    if (event.pointerId !== dragging?.id) return;
    dragging.sure ||= Math.abs(event.clientX - dragging.x) > kSlop;
    if (dragging.sure) move(event);
  });
  element.addEventListener('pointerup', (event) => {
    if (event.pointerId !== dragging?.id) return;
    const { sure } = dragging;
    dragging = null;
    clearTimeout(timer);
    if (sure) moved(event, true);
  });
  // The browser has taken the stroke for scrolling.
  element.addEventListener('pointercancel', () => {
    dragging = null;
  });
}
