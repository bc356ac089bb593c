// The compiled kernels of a device: each is made when a Program first needs it, and shared by every executor on the device.
import { layoutOf } from './buffers.ts';
import type { Gpu } from './device.ts';
import { sourceOf } from './sources.ts';

export interface Pipelines {
  layout: GPUBindGroupLayout;
  kernels: Map<string, GPUComputePipeline>;
}

class Compiler {
  private readonly device: GPUDevice;
  private readonly layout: GPUBindGroupLayout;
  private readonly pipelineLayout: GPUPipelineLayout;
  private readonly module: GPUShaderModule;
  private readonly made = new Map<string, Promise<GPUComputePipeline>>();

  constructor({ device, alone }: Gpu) {
    this.device = device;
    this.layout = layoutOf(device);
    this.pipelineLayout = device.createPipelineLayout({ bindGroupLayouts: [this.layout] });
    this.module = device.createShaderModule({
      code: sourceOf({ subgroups: device.features.has('subgroups'), alone }),
    });
  }

  async pipelines(names: string[]): Promise<Pipelines> {
    const kernels = names.map(async (name): Promise<[string, GPUComputePipeline]> => [name, await this.pipeline(name)]);
    return { layout: this.layout, kernels: new Map(await Promise.all(kernels)) };
  }

  private pipeline(entryPoint: string): Promise<GPUComputePipeline> {
    const { device, module, made } = this;
    const kept = made.get(entryPoint);
    if (kept) return kept;
    const pipeline = device.createComputePipelineAsync({
      layout: this.pipelineLayout,
      compute: { module, entryPoint },
    });
    made.set(entryPoint, pipeline);
    pipeline.catch(() => compilers.delete(device));
    return pipeline;
  }
}

const compilers = new WeakMap<GPUDevice, Compiler>();

/** The kernels of these names; compiles those that the device does not have yet. After a failure everything is tried anew. */
export function pipelinesOf(gpu: Gpu, names: string[]): Promise<Pipelines> {
  let compiler = compilers.get(gpu.device);
  if (!compiler) {
    compiler = new Compiler(gpu);
    compilers.set(gpu.device, compiler);
  }
  return compiler.pipelines(names);
}
