// The distribution's Chromium, driven by playwright-core.
import { chromium } from 'playwright-core';

/** WebGPU on Chromium's software adapter; pages composed by the same one, or a WebGPU canvas would lose the device. */
const kSoftwareGpu = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  '--use-vulkan=swiftshader',
  '--use-angle=swiftshader',
];

/** `gpu`: with WebGPU on a software adapter. */
export function launch({ gpu = false } = {}) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless=new',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ...(gpu ? kSoftwareGpu : ['--disable-gpu']),
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--js-flags=--expose-gc',
    ],
  });
}

/**
 * Collects in `errors` what no claim allows: an uncaught error, something that a Content-Security-Policy forbids, a request to a machine other
 * than this one. In every page of the context, frames and workers too.
 */
export async function watch(context, errors) {
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile, sample }) => {
      console.error(`forbidden by policy: ${violatedDirective} ${blockedURI} ${sample} in ${sourceFile}`);
    });
  });
  context.on('weberror', (error) => errors.push(error.error().message));
  context.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && /Content.Security.Policy|^forbidden by policy/i.test(text)) errors.push(text);
  });
  context.on('request', (request) => {
    const url = new URL(request.url());
    const here =
      ['127.0.0.1', 'localhost'].includes(url.hostname) || ['data:', 'blob:', 'file:'].includes(url.protocol);
    if (!here) errors.push(`a request to ${request.url().slice(0, 100)}`);
  });
}

/** Text as a function that playwright hands on whole: our policy lets no page evaluate text, neither when a wait looks again. */
export const inPage = (expression) => new Function(`return ${expression}`);

/** Resolves when the page's own status satisfies `condition`, a function of Status. */
export function untilStatus(page, condition, timeout = 400_000) {
  return page.waitForFunction(inPage(`(${condition})(window.playground?.status() ?? { step: -1 })`), undefined, {
    timeout,
  });
}

export function statusOf(page) {
  return page.evaluate(() => window.playground.status());
}

/** In a page or a worker: SwiftShader under the name of a real graphics processor, for what software adapters are not asked to do. */
export function disguiseAdapter() {
  const names = { vendor: 'test', architecture: 'disguised', device: '', description: '', isFallbackAdapter: false };
  for (const [name, value] of Object.entries(names))
    Object.defineProperty(GPUAdapterInfo.prototype, name, { get: () => value });
}
