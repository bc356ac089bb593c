// What the figures of an article do at once, one task each: all in one would hold up the article.

/** TypeScript's list of the browser does not know it yet. */
interface Scheduler {
  postTask(task: () => void): Promise<void>;
}

const { scheduler } = globalThis as { scheduler?: Scheduler };
let last: Promise<void> = Promise.resolve();

/** Resolves in a task of its own. A timer within a timer within a timer would wait for 4 ms each time. */
export function ownTask(): Promise<void> {
  last = last.then(
    () => new Promise<void>((done) => void (scheduler?.postTask ? scheduler.postTask(done) : setTimeout(done))),
  );
  return last;
}
