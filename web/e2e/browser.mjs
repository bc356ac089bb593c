// The distribution's Chromium, driven by playwright-core.
import { chromium } from 'playwright-core';

/** `gpu`: with WebGPU on Chromium's software adapter. */
export function launch({ gpu = false } = {}) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless=new',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ...(gpu ? ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'] : ['--disable-gpu']),
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--js-flags=--expose-gc',
    ],
  });
}

/** Resolves when the page's own status satisfies `condition`, a function of Status. */
export function untilStatus(page, condition, timeout = 120_000) {
  return page.waitForFunction(`(${condition})(window.playground?.status() ?? { step: -1 })`, undefined, { timeout });
}

export function statusOf(page) {
  return page.evaluate(() => window.playground.status());
}
