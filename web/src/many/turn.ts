// Lets the page go first: background work rests for two of its pictures, so the slower they come the longer it rests.

/** A page that draws nothing, in a hidden tab, is not waited for longer than that, in ms. */
const kLongest = 250;

export function twoPictures(): Promise<void> {
  if (document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    setTimeout(resolve, kLongest);
    requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
  });
}
