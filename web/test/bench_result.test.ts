// bench.html's figures, from times that are given.
import type { Config } from '@core/loader.mjs';
import { expect, test } from 'vitest';
import { factsOf, markdownOf, resultOf, rowOf } from '../src/bench/result.ts';
import { gflopPerStep, kSizes } from '../src/sizes.ts';

const config = kSizes.S as unknown as Config;
const gflop = gflopPerStep(config, 16);
const measured = {
  config,
  d_head: 16,
  ms: [9, 1, 2, 3, 4, 5, 6, 7, 8, 10, 0.5],
  peak: 40,
  kernels: [
    { kernel: 'contract', calls: 100, ms: 3, gflop: 0.06 },
    { kernel: 'adamw', calls: 1, ms: 1, gflop: 0 },
  ],
};
const result = resultOf('S', measured, 'a browser');

test('median and tenths of the steps, and what follows from the median', () => {
  expect([result.ms_per_step, result.ms_p10, result.ms_p90]).toEqual([5, 1, 9]);
  expect(result.tokens_per_second).toBeCloseTo((1000 * 32 * 32) / 5);
  expect(result.gflops).toBeCloseTo((1000 * gflop) / 5);
  expect(result.share_of_peak).toBeCloseTo(result.gflops / 40);
});

test('kernels: shares of all, and of the peak for products only', () => {
  const [contract, adamw] = result.by_kernel;
  expect([contract.share, adamw.share]).toEqual([0.75, 0.25]);
  expect([contract.gflops, contract.share_of_peak]).toEqual([20, 0.5]);
  expect([adamw.gflops, adamw.share_of_peak]).toEqual([null, null]);
  expect(rowOf(contract)).toEqual(['contract', '100', '3.00', '75 %', '20.0', '50 %']);
  expect(rowOf(adamw)).toEqual(['adamw', '1', '1.00', '25 %', '–', '–']);
});

test('the Markdown has all figures and a row per kernel', () => {
  const text = markdownOf(result);
  for (const [name, figure] of factsOf(result)) expect(text).toContain(`* ${name}: ${figure}`);
  expect(text.match(/^\| (contract|adamw) \|/gm)).toHaveLength(2);
});
