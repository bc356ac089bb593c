// What a call of the module that was refused throws.
export class CoreError extends Error {
  constructor(problems) {
    super(problems.map((problem) => problem.message).join('; '));
    this.name = 'CoreError';
    this.problems = problems;
  }
}

export function check(problems) {
  if (problems.length > 0) throw new CoreError(problems);
}
