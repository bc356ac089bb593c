// Where the element is for its reader: near, and seen.

/** Two windows' height before it comes into sight. */
const kNear = '200% 0px';

export interface Sight {
  /** Told once. */
  near(): void;
  /** On screen, in a tab that is seen. */
  seen(seen: boolean): void;
}

/** Gives back how to stop. */
export function watchPlace(element: Element, sight: Sight): () => void {
  let inside = false;
  let last = false;
  const tell = () => {
    const seen = inside && !document.hidden;
    if (seen !== last) sight.seen(seen);
    last = seen;
  };
  const near = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      near.disconnect();
      sight.near();
    },
    { rootMargin: kNear },
  );
  const place = new IntersectionObserver((entries) => {
    inside = entries.at(-1)?.isIntersecting ?? false;
    tell();
  });
  near.observe(element);
  place.observe(element);
  document.addEventListener('visibilitychange', tell);
  return () => {
    near.disconnect();
    place.disconnect();
    document.removeEventListener('visibilitychange', tell);
  };
}
