// What is asked of an adapter, and what is said about it.
import { expect, test } from 'vitest';
import { describe, deviceDescriptor, openGpu } from '../src/gpu/device.ts';

function adapterWith(info: Partial<GPUAdapterInfo>, features: string[] = []): GPUAdapter {
  const limits = { maxStorageBufferBindingSize: 2 ** 30, maxBufferSize: 2 ** 31, maxComputeWorkgroupSizeX: 1024 };
  return {
    info: { vendor: '', architecture: '', ...info },
    features: new Set(features),
    limits,
  } as unknown as GPUAdapter;
}

test('a device asks for the two sizes that the adapter offers and for no feature that nothing uses', () => {
  expect(deviceDescriptor(adapterWith({}, ['timestamp-query', 'shader-f16']), {})).toEqual({
    requiredLimits: { maxStorageBufferBindingSize: 2 ** 30, maxBufferSize: 2 ** 31 },
    requiredFeatures: [],
  });
});

test.each([
  [4, ['subgroups']],
  [32, ['subgroups']],
  [2, []],
  [undefined, []],
])('subgroups of at least %s invocations: asks for %j', (subgroupMinSize, wanted) => {
  const adapter = adapterWith({ subgroupMinSize } as Partial<GPUAdapterInfo>, ['subgroups']);
  expect(deviceDescriptor(adapter, {}).requiredFeatures).toEqual(wanted);
});

test('a device with default limits asks for nothing', () => {
  expect(deviceDescriptor(adapterWith({ subgroupMinSize: 32 }, ['subgroups']), { default_limits: true })).toEqual({
    requiredLimits: {},
    requiredFeatures: [],
  });
});

test('timestamps are asked for only where they are offered', () => {
  expect(deviceDescriptor(adapterWith({}, ['timestamp-query']), { timestamps: true }).requiredFeatures).toEqual([
    'timestamp-query',
  ]);
  expect(deviceDescriptor(adapterWith({}), { timestamps: true }).requiredFeatures).toEqual([]);
});

test.each([
  ['google', 'SwiftShader Device (Subzero)', false],
  ['mesa', 'llvmpipe (LLVM 15.0.6, 256 bits)', false],
  ['microsoft', 'Microsoft Basic Render Driver', false],
  ['', '', true],
])('vendor "%s", "%s", fallback %s is a software adapter', (vendor, description, isFallbackAdapter) => {
  expect(describe(adapterWith({ vendor, description, isFallbackAdapter })).software).toBe(true);
});

test('a graphics card is not a software adapter, and is named once', () => {
  const info = {
    vendor: 'nvidia',
    architecture: 'ampere',
    device: '',
    description: 'nvidia',
    isFallbackAdapter: false,
  };
  expect(describe(adapterWith(info))).toEqual({
    adapter: 'nvidia ampere',
    vendor: 'nvidia',
    architecture: 'ampere',
    model: '',
    description: 'nvidia',
    software: false,
  });
});

test('an adapter that tells nothing is said to tell nothing', () => {
  expect(describe(adapterWith({})).adapter).toBe('an adapter that the browser does not name');
});

test.each([
  ['google', undefined, true],
  ['nvidia', undefined, false],
  ['google', false, false],
  ['nvidia', true, true],
])('of vendor "%s", asked for %s: invocations work alone: %s', async (vendor, alone, wanted) => {
  const device = { addEventListener: () => undefined, lost: new Promise(() => undefined) };
  const description = vendor === 'google' ? 'SwiftShader Device (Subzero)' : '';
  const adapter = { ...adapterWith({ vendor, description }), requestDevice: async () => device };
  const entry = { requestAdapter: async () => adapter } as unknown as GPU;
  expect((await openGpu({ entry, alone })).alone).toBe(wanted);
});

test('without WebGPU, or without an adapter, there is one sentence', async () => {
  await expect(openGpu()).rejects.toThrow('This browser offers no WebGPU here.');
  const entry = { requestAdapter: async () => null } as unknown as GPU;
  await expect(openGpu({ entry })).rejects.toThrow('This browser found no graphics adapter for WebGPU.');
});
