// The compiled kernels of a device: made once, shared by every executor on it.
import { layoutOf } from './buffers.ts';
import { kernelsWithTwin, kSource, kSubgroupSource } from './kernels.ts';

export interface Pipelines {
  layout: GPUBindGroupLayout;
  kernels: Map<string, GPUComputePipeline>;
}

async function compile(device: GPUDevice): Promise<Pipelines> {
  const layout = layoutOf(device);
  const module = device.createShaderModule({ code: device.features.has('subgroups') ? kSubgroupSource : kSource });
  const pipelineLayout = device.createPipelineLayout({ bindGroupLayouts: [layout] });
  const made = kernelsWithTwin().map(
    async (entryPoint): Promise<[string, GPUComputePipeline]> => [
      entryPoint,
      await device.createComputePipelineAsync({ layout: pipelineLayout, compute: { module, entryPoint } }),
    ],
  );
  return { layout, kernels: new Map(await Promise.all(made)) };
}

const compiled = new WeakMap<GPUDevice, Promise<Pipelines>>();

/** Compiles at the first call for a device; a failure is not kept. */
export function pipelinesOf(device: GPUDevice): Promise<Pipelines> {
  let pipelines = compiled.get(device);
  if (!pipelines) {
    pipelines = compile(device);
    compiled.set(device, pipelines);
    pipelines.catch(() => compiled.delete(device));
  }
  return pipelines;
}
