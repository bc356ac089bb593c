// What runs inside engines.html, our own page: each function goes to the browser whole, so it knows only its arguments.

export async function openOurs({ config, device }) {
  const { core, openGpu, Executor } = await window.engines;
  const trainer = core.create(config);
  window.ours = { trainer, step: 0 };
  if (device === 'webgpu') {
    window.ours.executor = await Executor.create(await openGpu(), trainer.program());
    window.ours.executor.write(0, trainer.arena());
  }
  return trainer.n_parameters;
}

export function timesOfOurs(steps) {
  const { trainer } = window.ours;
  let loss = 0;
  const ms = Array.from({ length: steps }, () => {
    const began = performance.now();
    ({ loss } = trainer.train(1));
    return performance.now() - began;
  });
  return { ms, loss };
}

/** ms per step, four steps to a submit as the peers' are four to a wait. */
export async function paceOfOurs(steps) {
  const { trainer, executor } = window.ours;
  const hyper = trainer.hyper();
  const began = performance.now();
  for (let done = 0; done < steps; done += 4)
    await executor.train(Array.from({ length: Math.min(4, steps - done) }, () => ({ step: window.ours.step++, hyper })));
  return (performance.now() - began) / steps;
}
