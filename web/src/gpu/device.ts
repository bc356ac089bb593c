// A WebGPU device with default limits, and what went wrong with it in one sentence.

export class GpuError extends Error {}

export interface Gpu {
  readonly device: GPUDevice;
  /** What the browser tells about the adapter. */
  readonly adapter: string;
  /** The adapter computes on the processor: never a thing to measure. */
  readonly software: boolean;
  /** Throws the first thing that went wrong since the device was opened: an invalid command, no memory, a lost device. */
  check(): void;
}

/** The adapter a page gets; throws GpuError with a sentence when there is none. */
async function findAdapter(): Promise<GPUAdapter> {
  const gpu = (navigator as { gpu?: GPU }).gpu;
  if (!gpu) throw new GpuError('This browser offers no WebGPU here.');
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new GpuError('This browser found no graphics adapter for WebGPU.');
  return adapter;
}

export async function openGpu(): Promise<Gpu> {
  const adapter = await findAdapter();
  const { vendor, architecture, device: model, description, isFallbackAdapter } = adapter.info;
  const device = await adapter.requestDevice().catch((error: Error) => {
    throw new GpuError(`The graphics adapter gave no device: ${error.message}`);
  });
  const name = [vendor, architecture, model, description].filter(Boolean).join(' ');
  let failure: GpuError | null = null;
  device.addEventListener('uncapturederror', ({ error }) => {
    failure ??= new GpuError(`The graphics device refused a command: ${error.message}`);
  });
  device.lost.then(({ message }) => {
    failure ??= new GpuError(`The graphics device was lost${message ? `: ${message}` : '.'}`);
  });
  return {
    device,
    adapter: name,
    software: isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|warp|basic render/i.test(name),
    check() {
      if (failure) throw failure;
    },
  };
}

/** Runs `make` and throws GpuError, naming `what`, when the device found it invalid or had no memory for it. */
export async function guarded<T>({ device }: Gpu, what: string, make: () => T | Promise<T>): Promise<T> {
  device.pushErrorScope('out-of-memory');
  device.pushErrorScope('validation');
  device.pushErrorScope('internal');
  let made: T | undefined;
  let thrown: unknown = null;
  try {
    made = await make();
  } catch (error) {
    thrown = error;
  }
  const found = await Promise.all([device.popErrorScope(), device.popErrorScope(), device.popErrorScope()]);
  const why = found.find((error) => error)?.message ?? (thrown ? String(thrown) : null);
  if (why !== null) throw new GpuError(`The graphics device could not make ${what}: ${why}`);
  return made as T;
}
