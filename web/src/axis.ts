// The step axis that curves and timeline share.

/** Its right end. Grows in quarters of the planned run, so that pictures are wide from the start and the axis rarely jumps. */
export function axisEnd(last: number, planned: number): number {
  return Math.max(1, last, Math.min(planned, Math.ceil((4 * last) / planned + 0.01) * (planned / 4)));
}
