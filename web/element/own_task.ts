// What the figures of an article do at once, one task each: all in one would hold up the article.

let last: Promise<void> = Promise.resolve();

/** Resolves in a task of its own. */
export function ownTask(): Promise<void> {
  last = last.then(() => new Promise((done) => setTimeout(done)));
  return last;
}
