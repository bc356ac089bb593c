// What is asked of a figure, one after the other: scrolling in and out never has two orders on their way.

export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly fail: (error: unknown) => void) {}

  /** What fails is told, not thrown. */
  next(task: () => Promise<unknown>): Promise<void> {
    const done = this.last.then(task).then(() => undefined, this.fail);
    this.last = done;
    return done;
  }
}
