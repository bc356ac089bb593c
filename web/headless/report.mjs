// What web/headless/gpu.mjs found, as Markdown for docs/performance.md.

/** Three significant digits. */
function short(number) {
  return Number(number.toPrecision(3)).toString();
}

function spread(ms) {
  return ms ? `${short(ms.median)} (${short(ms.p10)}–${short(ms.p90)})` : 'not offered';
}

function benchRows(bench) {
  return bench.map(({ size, problem, ...found }) =>
    problem
      ? `| ${size} | ${problem} |||||`
      : `| ${size} | ${spread(found.wall_ms)} | ${spread(found.device_ms)} | ${short(found.steps_per_second)} | ${found.dispatches_per_step} | ${short(found.gflops)} |`,
  );
}

function parityRows(parity) {
  return parity.map(({ name, problem, worst }) =>
    problem
      ? `| ${name} | ${problem} |`
      : `| ${name} | ${short(worst.worst)} in ${worst.kernel}, allowed ${worst.tolerance} |`,
  );
}

/** The whole report. Without a measurement it has no time in it, but the sentence that says why. */
export function markdownOf({ device, system, parity, bench, not_measured }) {
  const names = [device.model || device.adapter, device.vendor, device.architecture].filter(Boolean);
  const lines = [
    `## ${[...new Set(names)].join(', ')}`,
    '',
    `Driver: ${device.driver || 'not told'}. ${system}. Kernels: ${device.alone ? 'invocations alone' : 'workgroups together'}.`,
    '',
    '| configuration | largest difference between the engines, relative |',
    '| --- | --- |',
    ...parityRows(parity),
    '',
  ];
  if (!bench) return [...lines, not_measured, ''].join('\n');
  return [
    ...lines,
    'Median (10–90 %) of a training step; GFLOP/s from the median by the clock on the wall.',
    '',
    '| size | ms, wall | ms, device | steps/s | dispatches per step | GFLOP/s |',
    '| --- | --- | --- | --- | --- | --- |',
    ...benchRows(bench),
    '',
  ].join('\n');
}
