// What is asked of a figure, one after the other: scrolling in and out never has two orders on their way.

export class Turns {
  private last: Promise<unknown> = Promise.resolve();
  private let_go: () => void = () => undefined;
  private gone = this.another();

  constructor(private readonly fail: (error: unknown) => void) {}

  /** What fails is told, not thrown. */
  next(task: () => Promise<unknown>): Promise<void> {
    const { gone } = this;
    const told = (error: unknown) => (gone === this.gone ? this.fail(error) : undefined);
    const done = Promise.race([this.last.then(task).then(() => undefined, told), gone]);
    this.last = done;
    return done;
  }

  /** Who would have answered is no more: what is on its way is done with, and says nothing any more. */
  abandon(): void {
    this.let_go();
    this.last = Promise.resolve();
    this.gone = this.another();
  }

  private another(): Promise<void> {
    return new Promise((let_go) => {
      this.let_go = let_go;
    });
  }
}
