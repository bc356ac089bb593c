// Attention maps straight from a storage buffer: a render pass colours the patterns into one OffscreenCanvas, which becomes an ImageBitmap.
// No pattern goes through JavaScript. In a worker:
//
//   const painter = await MapPainter.create(gpu, { n_layers, n_heads, T });   // again when one of them changes; throws GpuError
//   executor.forward();                                                       // the prompt's forward Program, same device
//   const maps = painter.paint(executor.arena, program.patterns, palette);    // in the queue's order, hence after the forward pass
//   … gpu.check() after something that was read back later: a lost device paints blank maps, which must not be shown
//   scope.postMessage(reply, [maps])
//
// `create` throws where this cannot be done (a software adapter, no WebGPU context on an OffscreenCanvas, pixels that come out wrong):
// then the page draws from the pattern that was read back.
import { kCopyTarget, kStorage } from './buffers.ts';
import { type Gpu, GpuError, guarded } from './device.ts';
import source from './maps.wgsl?raw';

export interface MapShape {
  n_layers: number;
  n_heads: number;
  /** Tokens of the sequence. */
  T: number;
}

/** Entries of a palette: packed little-endian RGBA for shares of attention from 0 to 1. */
export const kShades = 256;
const kFragmentStage = 0x2;

/** The first try. One that failed is not repeated: it may be what lost the device. */
let tried: Promise<void> | null = null;

export class MapPainter {
  private bound: { arena: GPUBuffer; group: GPUBindGroup } | null = null;

  private constructor(
    private readonly device: GPUDevice,
    readonly shape: MapShape,
    private readonly canvas: OffscreenCanvas,
    private readonly context: GPUCanvasContext,
    private readonly pipeline: GPURenderPipeline,
    private readonly numbers: GPUBuffer,
  ) {}

  /** Throws GpuError with a sentence where maps cannot be drawn this way. */
  static async create(gpu: Gpu, shape: MapShape): Promise<MapPainter> {
    // A software adapter need not share memory with what the browser composes its pages by; Chromium then loses the device.
    if (gpu.software) throw new GpuError('A software adapter is not asked to paint the maps.');
    tried ??= tryOut(gpu);
    await tried;
    return MapPainter.make(gpu, shape);
  }

  /** Without looking at what it paints. */
  static async make(gpu: Gpu, shape: MapShape): Promise<MapPainter> {
    const { device } = gpu;
    const width = shape.n_heads * shape.T;
    const height = shape.n_layers * shape.T;
    const limit = device.limits.maxTextureDimension2D;
    if (Math.max(width, height) > limit)
      throw new GpuError(`The maps have ${width} by ${height} pixels; the graphics device draws ${limit} by ${limit}.`);
    return guarded(gpu, 'a canvas for the maps', async () => {
      const canvas = new OffscreenCanvas(width, height);
      // The browser's types know no OffscreenCanvas with WebGPU.
      const context = canvas.getContext('webgpu') as unknown as GPUCanvasContext | null;
      if (!context) throw new GpuError('no WebGPU on an OffscreenCanvas here');
      const format = navigator.gpu.getPreferredCanvasFormat();
      context.configure({ device, format, alphaMode: 'opaque' });
      const size = 4 * (kShades + 1 + shape.n_layers);
      const numbers = device.createBuffer({ size, usage: kStorage | kCopyTarget });
      return new MapPainter(device, shape, canvas, context, await pipelineOf(device, format), numbers);
    });
  }

  /** `offsets`: where each layer's pattern begins in the arena, in floats. The bitmap is the caller's to transfer or close. */
  paint(arena: GPUBuffer, offsets: readonly number[], palette: Uint32Array): ImageBitmap {
    const { n_layers, T } = this.shape;
    if (offsets.length !== n_layers || palette.length !== kShades)
      throw new RangeError(
        `${offsets.length} layers and ${palette.length} colours; these maps take ${n_layers} and ${kShades}`,
      );
    this.device.queue.writeBuffer(this.numbers, 0, Uint32Array.of(...palette, T, ...offsets));
    const encoder = this.device.createCommandEncoder();
    const view = this.context.getCurrentTexture().createView();
    // Every pixel is written: what was there need not be loaded.
    const pass = encoder.beginRenderPass({ colorAttachments: [{ view, loadOp: 'clear', storeOp: 'store' }] });
    pass.setPipeline(this.pipeline);
    pass.setBindGroup(0, this.groupOf(arena));
    pass.draw(3);
    pass.end();
    this.device.queue.submit([encoder.finish()]);
    return this.canvas.transferToImageBitmap();
  }

  dispose(): void {
    this.context.unconfigure();
    this.numbers.destroy();
  }

  private groupOf(arena: GPUBuffer): GPUBindGroup {
    if (this.bound?.arena !== arena) {
      const entries = [arena, this.numbers].map((buffer, binding) => ({ binding, resource: { buffer } }));
      const group = this.device.createBindGroup({ layout: this.pipeline.getBindGroupLayout(0), entries });
      this.bound = { arena, group };
    }
    return this.bound.group;
  }
}

function pipelineOf(device: GPUDevice, format: GPUTextureFormat): Promise<GPURenderPipeline> {
  const buffer: GPUBufferBindingLayout = { type: 'read-only-storage' };
  const entries = [0, 1].map((binding) => ({ binding, visibility: kFragmentStage, buffer }));
  const layout = device.createPipelineLayout({ bindGroupLayouts: [device.createBindGroupLayout({ entries })] });
  const module = device.createShaderModule({ code: source });
  return device.createRenderPipelineAsync({ layout, vertex: { module }, fragment: { module, targets: [{ format }] } });
}

/** Paints four shares and looks at the pixels: some browsers hand on a blank bitmap without a word. Throws GpuError. */
async function tryOut(gpu: Gpu): Promise<void> {
  const painter = await MapPainter.make(gpu, { n_layers: 1, n_heads: 1, T: 2 });
  const arena = gpu.device.createBuffer({ size: 16, usage: kStorage | kCopyTarget });
  try {
    gpu.device.queue.writeBuffer(arena, 0, Float32Array.of(0, 1, 0.5, 0.25));
    const palette = Uint32Array.from({ length: kShades }, (_, i) => 0xff000000 | (i << 16) | ((255 - i) << 8) | 40);
    const context = new OffscreenCanvas(2, 2).getContext('2d');
    const bitmap = painter.paint(arena, [0], palette);
    context?.drawImage(bitmap, 0, 0);
    bitmap.close();
    const bytes = context?.getImageData(0, 0, 2, 2).data ?? new Uint8ClampedArray();
    const wanted = new Uint8Array(Uint32Array.of(palette[0], palette[255], palette[128], palette[64]).buffer);
    // A level or two: colours may be managed on their way through a 2D canvas.
    if (wanted.some((level, i) => !(Math.abs(level - bytes[i]) <= 2)))
      throw new GpuError('The graphics device does not paint the maps in their colours here.');
    gpu.check();
  } finally {
    painter.dispose();
    arena.destroy();
  }
}
