// A WebGPU device, what is known about it, and what went wrong with it in one sentence.

export class GpuError extends Error {}

export interface Gpu {
  readonly device: GPUDevice;
  /** Everything the adapter tells about itself, in one line; a sentence when it tells nothing. */
  readonly adapter: string;
  /** Each may be empty: browsers keep it to themselves. */
  readonly vendor: string;
  readonly architecture: string;
  readonly model: string;
  /** In Node the driver. */
  readonly description: string;
  /** The adapter computes on the processor: never a thing to measure. */
  readonly software: boolean;
  /** The kernels' invocations work alone, without workgroup memory (core/kernels/*_alone.wgsl): what a processor does best. */
  readonly alone: boolean;
  /** Throws the first thing that went wrong since the device was opened: an invalid command, no memory, a lost device. */
  check(): void;
}

export interface GpuOptions {
  /** The entry to WebGPU where there is no navigator.gpu. */
  entry?: GPU;
  /** Which of several adapters; the browser's choice when not given. */
  power_preference?: GPUPowerPreference;
  /** Ask for no more than every device has: its limits, and no feature. */
  default_limits?: boolean;
  /** Gpu.alone; a software adapter's way when not given. */
  alone?: boolean;
  /** Take timestamp queries where the adapter offers them: for measuring only. */
  timestamps?: boolean;
}

/** The limits that a large configuration runs into. Never below what every device has. */
const kRaised = ['maxStorageBufferBindingSize', 'maxBufferSize'] as const;

const kSoftware = /swiftshader|llvmpipe|softpipe|lavapipe|\bwarp\b|basic render|\bcpu\b/i;

/** The adapter a page gets; throws GpuError with a sentence when there is none. */
async function findAdapter({ entry, power_preference }: GpuOptions): Promise<GPUAdapter> {
  const gpu = entry ?? (globalThis.navigator as { gpu?: GPU } | undefined)?.gpu;
  if (!gpu) throw new GpuError('This browser offers no WebGPU here.');
  const adapter = await gpu.requestAdapter({ powerPreference: power_preference });
  if (!adapter) throw new GpuError('This browser found no graphics adapter for WebGPU.');
  return adapter;
}

/** Invocations that a row's sum exchanges directly (lanes_subgroups.wgsl). */
const kQuad = 4;

function featuresOf({ features, info }: GPUAdapter, { default_limits, timestamps }: GpuOptions): GPUFeatureName[] {
  const wanted: GPUFeatureName[] = [];
  if (!default_limits && features.has('subgroups') && info.subgroupMinSize >= kQuad) wanted.push('subgroups');
  if (timestamps && features.has('timestamp-query')) wanted.push('timestamp-query');
  return wanted;
}

/** What is asked of the adapter: nothing that it does not offer. */
export function deviceDescriptor(adapter: GPUAdapter, options: GpuOptions): GPUDeviceDescriptor {
  const limits = options.default_limits ? [] : kRaised.map((name) => [name, adapter.limits[name]]);
  return { requiredLimits: Object.fromEntries(limits), requiredFeatures: featuresOf(adapter, options) };
}

/** What the adapter tells about itself. */
export function describe({ info }: GPUAdapter): Omit<Gpu, 'device' | 'alone' | 'check'> {
  const { vendor, architecture, device: model, description, isFallbackAdapter } = info;
  const told = [...new Set([vendor, architecture, model, description].filter(Boolean))].join(' ');
  const adapter = told || 'an adapter that the browser does not name';
  const software = Boolean(isFallbackAdapter) || kSoftware.test(told);
  return { adapter, vendor, architecture, model, description, software };
}

/** Remembers the first thing that goes wrong. */
function watch(device: GPUDevice): () => void {
  let failure: GpuError | null = null;
  device.addEventListener('uncapturederror', ({ error }) => {
    failure ??= new GpuError(`The graphics device refused a command: ${error.message}`);
  });
  device.lost.then(({ message }) => {
    failure ??= new GpuError(`The graphics device was lost${message ? `: ${message}` : '.'}`);
  });
  return () => {
    if (failure) throw failure;
  };
}

export async function openGpu(options: GpuOptions = {}): Promise<Gpu> {
  const adapter = await findAdapter(options);
  const device = await adapter.requestDevice(deviceDescriptor(adapter, options)).catch((error: Error) => {
    throw new GpuError(`The graphics adapter gave no device: ${error.message}`);
  });
  const told = describe(adapter);
  return { device, ...told, alone: options.alone ?? told.software, check: watch(device) };
}

/**
 * Runs `make` and throws GpuError, naming `what`, when the device found it invalid or had no memory for it. Looked at is what `make` does
 * before it first waits: other sessions on the same device may command it then.
 */
export async function guarded<T>({ device }: Gpu, what: string, make: () => T | Promise<T>): Promise<T> {
  device.pushErrorScope('out-of-memory');
  device.pushErrorScope('validation');
  device.pushErrorScope('internal');
  // As a promise, also when it throws at once.
  const making = (async () => make())();
  const scopes = [device.popErrorScope(), device.popErrorScope(), device.popErrorScope()];
  const [made, ...found] = await Promise.allSettled([making, ...scopes]);
  const errors = found.map((each) => (each.status === 'fulfilled' ? each.value?.message : String(each.reason)));
  const why = errors.find(Boolean) ?? (made.status === 'rejected' ? String(made.reason) : null);
  if (why !== null) throw new GpuError(`The graphics device could not make ${what}: ${why}`);
  return (made as PromiseFulfilledResult<Awaited<T>>).value;
}
