// How far the graphics device may be from the processor. The reason of each kernel's number stands beside its WGSL; a unit test
// compares the two. Relative to the largest entry of what the kernel writes.

/** The same terms in the same order: fused multiply-adds, division, square root and numbers flushed to zero remain. */
const kPlain = 1e-6;
/** exp and log are polynomials, whose every step a driver may fuse. */
const kTranscendental = 1e-5;

const kWithExp: readonly string[] = [
  'smear',
  'smear_backward',
  'softmax',
  'attention',
  'attention_backward',
  'cross_entropy',
  'cross_entropy_backward',
  'brier',
  'brier_backward',
];

/** After twenty training steps rounding differences have grown: the loss may differ by this, relative. */
export const kLossTolerance = 1e-4;

export function toleranceOf(kernel: string): number {
  return kWithExp.includes(kernel) ? kTranscendental : kPlain;
}

/** Kernels over their tolerance. A difference that is no number is over it. */
export function overTolerance(kernels: Record<string, number>): string[] {
  return Object.keys(kernels).filter((kernel) => !(kernels[kernel] <= toleranceOf(kernel)));
}

export interface Worst {
  /** The kernel's largest relative difference. */
  worst: number;
  kernel: string;
  tolerance: number;
}

/** The kernel nearest to its tolerance, or furthest beyond it. */
export function worstOf(kernels: Record<string, number>): Worst {
  const every = Object.entries(kernels).map(([kernel, worst]) => ({ worst, kernel, tolerance: toleranceOf(kernel) }));
  const share = ({ worst, tolerance }: Worst) => (Number.isNaN(worst) ? Number.POSITIVE_INFINITY : worst / tolerance);
  return every.reduce((most, one) => (share(one) > share(most) ? one : most));
}
