// From what was measured to the figures that are shown.
import { gflopPerStep } from '../sizes.ts';
import type { BenchResult, KernelLine, Measured } from './protocol.ts';

/** Of sorted numbers. */
export const quantile = (sorted: number[], share: number): number => sorted[Math.round(share * (sorted.length - 1))];

function kernelLines(kernels: Measured['kernels'], peak: number): KernelLine[] {
  const all = kernels.reduce((sum, { ms }) => sum + ms, 0);
  return kernels.map((line) => {
    const gflops = line.gflop > 0 && line.ms > 0 ? (1000 * line.gflop) / line.ms : null;
    return { ...line, share: line.ms / all, gflops, share_of_peak: gflops === null ? null : gflops / peak };
  });
}

export function resultOf(size: string, { config, d_head, ms, peak, kernels }: Measured, browser: string): BenchResult {
  const sorted = ms.toSorted((a, b) => a - b);
  const [ms_per_step, ms_p10, ms_p90] = [0.5, 0.1, 0.9].map((share) => quantile(sorted, share));
  const gflop_per_step = gflopPerStep(config, d_head);
  const gflops = (1000 * gflop_per_step) / ms_per_step;
  return {
    size,
    engine: 'wasm',
    threads: 1,
    steps: ms.length,
    ms_per_step,
    ms_p10,
    ms_p90,
    tokens_per_second: (1000 * Number(config.batch) * Number(config.n_ctx)) / ms_per_step,
    gflops,
    gflop_per_step,
    peak_gflops: peak,
    share_of_peak: gflops / peak,
    by_kernel: kernelLines(kernels, peak),
    browser,
  };
}

export const digits = (value: number): string => {
  const places = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
  return value.toLocaleString('en', { minimumFractionDigits: places, maximumFractionDigits: places });
};
export const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

/** Name, figure, and what it means where that is not plain. */
export function factsOf(r: BenchResult): [string, string, string][] {
  return [
    [
      'one step',
      `${digits(r.ms_per_step)} ms`,
      `median of ${r.steps}; 10–90 %: ${digits(r.ms_p10)}–${digits(r.ms_p90)} ms`,
    ],
    ['tokens', `${Math.round(r.tokens_per_second).toLocaleString('en')} a second`, ''],
    [
      'arithmetic',
      `${digits(r.gflops)} GFLOP/s`,
      `${digits(r.gflop_per_step)} GFLOP a step, without the masked half of attention`,
    ],
    ['share of the peak', percent(r.share_of_peak), `a plain product reached ${digits(r.peak_gflops)} GFLOP/s here`],
  ];
}

export const kColumns = ['kernel', 'calls', 'ms per step', 'share of the time', 'GFLOP/s', 'share of the peak'];

export function rowOf(line: KernelLine): string[] {
  const { kernel, calls, ms, share, gflops, share_of_peak } = line;
  const products = [gflops === null ? '–' : digits(gflops), share_of_peak === null ? '–' : percent(share_of_peak)];
  return [kernel.replaceAll('_', ' '), digits(calls).replace(/\.0+$/, ''), digits(ms), percent(share), ...products];
}

export function markdownOf(r: BenchResult): string {
  const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [
    `Size ${r.size}, WebAssembly, one thread, ${r.browser}`,
    '',
    ...factsOf(r).map(([name, figure, note]) => `* ${name}: ${figure}${note ? ` (${note})` : ''}`),
    '',
    row(kColumns),
    row(kColumns.map(() => '---')),
    ...r.by_kernel.map((line) => row(rowOf(line))),
    '',
  ].join('\n');
}
