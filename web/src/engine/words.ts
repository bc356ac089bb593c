// What the worker tells about engines, one sentence each. The page shows them as they are, like the core's own sentences.

/** Longer reports of a driver are kept in full for the panel. */
const kMostLetters = 200;

function short(message: string): string {
  const line = message.split('\n', 1)[0].trim();
  return line.length > kMostLetters ? `${line.slice(0, kMostLetters)}…` : line;
}

export const words = {
  moved: (step: number, adapter: string, software: boolean) =>
    `Since step ${step} WebGPU trains${software ? ' on a software adapter, which is no faster' : ''} (${adapter}); from there on the last digits may differ from other machines’.`,
  back: (step: number) => `Since step ${step} WebAssembly trains.`,
  refused: (why: string) => `WebAssembly trains this model, because WebGPU cannot: ${short(why)}`,
  software: (adapter: string) =>
    `The only graphics adapter is a software one (${adapter}), which trains no faster than WebAssembly.`,
  differs: (kernel: string, worst: number, tolerance: number) =>
    `The graphics device computes ${kernel} with a relative error of ${worst.toPrecision(2)}, above ${tolerance}; so WebAssembly trains.`,
  lost: (step: number) =>
    `The graphics device stopped working; training goes on from step ${step} on WebAssembly while a new device is prepared.`,
  replaced: (step: number) =>
    `The graphics device stopped working and was replaced; since step ${step} WebGPU trains again.`,
  given_up: (step: number, times: number) =>
    `The graphics device stopped working ${times} times in this run, so WebAssembly trains on from step ${step}.`,
  silent: 'The graphics device has not answered for a long time.',
};
