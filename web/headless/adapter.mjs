// WebGPU in Node: Dawn from npm's package webgpu, on the machine's own graphics driver or on Chromium's SwiftShader.
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

const kIcd = 'vk_swiftshader_icd.json';
/** Where distributions put what belongs to Chromium. */
const kFolders = [
  '/usr/lib/chromium',
  '/usr/lib/chromium-browser',
  '/usr/lib64/chromium-browser',
  '/opt/google/chrome',
  '/opt/chromium.org/chromium',
];

/** The description of Chromium's software Vulkan driver, for VK_ICD_FILENAMES; null when there is none. */
export function findSwiftShader() {
  const named = process.env.CHROMIUM;
  const folders = [...(named && existsSync(named) ? [dirname(realpathSync(named))] : []), ...kFolders];
  return folders.map((folder) => join(folder, kIcd)).find((path) => existsSync(path)) ?? null;
}

/**
 * The entry to WebGPU, as navigator.gpu is in a browser. `software`: on SwiftShader. The caller must keep it for as long as it uses a
 * device: Dawn ends with it. Throws one sentence when the package cannot be loaded here.
 */
export async function gpuEntry({ software = false } = {}) {
  if (software) {
    const icd = findSwiftShader();
    if (!icd) throw new Error(`Chromium's ${kIcd} was not found; install chromium or name its program in CHROMIUM.`);
    // The Vulkan loader reads it when Dawn makes its first instance.
    process.env.VK_ICD_FILENAMES = icd;
  }
  const { create } = await import('webgpu').catch((error) => {
    throw new UnsupportedError(error);
  });
  // Timestamps as fine as the device's: rounding them is for pages that must not be told too much.
  return create(['disable-dawn-features=timestamp_quantization']);
}

/** npm's package webgpu has no program for this system, or the system lacks a library that it needs. */
export class UnsupportedError extends Error {
  constructor(cause) {
    const where = `${process.platform} ${process.arch}`;
    const absent = cause.code === 'ERR_MODULE_NOT_FOUND' && /'webgpu'/.test(cause.message);
    const why = absent ? 'is not installed (npm ci in web/headless)' : `cannot be loaded on ${where}`;
    super(`npm's package webgpu ${why}: ${cause.message.split('\n')[0]}`, { cause });
  }
}

/** One device for many uses, whose kernels are compiled once; after a failure the next use gets a new one. */
export function deviceKeeper(open) {
  let gpu = null;
  const close = () => {
    gpu?.device.destroy();
    gpu = null;
  };
  return {
    close,
    async use(work) {
      gpu ??= await open();
      try {
        const result = await work(gpu);
        gpu.check();
        return result;
      } catch (error) {
        close();
        throw error;
      }
    },
  };
}
