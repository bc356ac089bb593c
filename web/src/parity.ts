// parity.html?config=<JSON> or ?size=S: both engines from the same state, as JSON on the page and in window.parityResult. With
// limits=default the device gets no more than every device has; steps=2 trains no longer than that; given=1 hands the batches over from
// outside; patch=1 compares activation patching instead; alone=0 or 1 takes the kernels of graphics devices or of processors (Gpu.alone),
// not the adapter's own. No times: the adapter may be a software one.
import circuitsUrl from '@core/circuits.wasm?url';
import { loadCircuits } from '@core/circuits_loader.mjs';
import wasmUrl from '@core/induction.wasm?url';
import { loadCore } from '@core/loader.mjs';
import { compareEngines, type EngineComparison } from './compare_engines.ts';
import { comparePatches, type PatchComparison } from './compare_patches.ts';
import { openGpu } from './gpu/device.ts';
import { kSizes } from './sizes.ts';

declare global {
  interface Window {
    parityResult?: EngineComparison | PatchComparison | { problem: string };
  }
}

async function parity(): Promise<EngineComparison | PatchComparison | { problem: string }> {
  const asked = new URLSearchParams(location.search);
  const size = Object.entries(kSizes).find(([name]) => name === asked.get('size'));
  try {
    const config = size ? size[1] : JSON.parse(asked.get('config') ?? '{}');
    const alone = asked.has('alone') ? asked.get('alone') === '1' : undefined;
    const gpu = await openGpu({ default_limits: asked.get('limits') === 'default', alone });
    const absolute = (url: string) => new URL(url, location.href).href;
    if (asked.has('patch'))
      return await comparePatches(await loadCircuits({ wasmUrl: absolute(circuitsUrl) }), gpu, config);
    const core = await loadCore({ wasmUrl: absolute(wasmUrl) });
    return await compareEngines(core, gpu, config, {
      steps: Number(asked.get('steps')) || undefined,
      given: asked.has('given'),
    });
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

window.parityResult = await parity();
const shown = document.querySelector('#result');
if (shown) shown.textContent = JSON.stringify(window.parityResult, null, 2);
