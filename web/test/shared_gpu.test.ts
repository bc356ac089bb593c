// One graphics device for several sessions: who opens it, who closes it, and what a loss does.
import { beforeEach, expect, test } from 'vitest';
import type { Gpu } from '../src/gpu/device.ts';
import { SharedGpu } from '../src/gpu/shared.ts';

class StubDevice {
  destroyed = false;
  private gone!: (info: unknown) => void;
  readonly lost = new Promise((lost) => {
    this.gone = lost;
  });

  destroy() {
    this.destroyed = true;
    this.gone({ reason: 'destroyed', message: '' });
  }
}

let devices: StubDevice[];
let refuse: boolean;
let shared: SharedGpu;

beforeEach(() => {
  devices = [];
  refuse = false;
  shared = new SharedGpu(async () => {
    if (refuse) throw new Error('no device');
    const device = new StubDevice();
    devices.push(device);
    return { device } as unknown as Gpu;
  });
});

test('all who ask at once get one device, which the last one closes', async () => {
  const leases = await Promise.all([shared.take(), shared.take(), shared.take()]);
  expect(devices.length).toBe(1);
  expect(new Set(leases.map(({ gpu }) => gpu)).size).toBe(1);
  leases[0].leave(false);
  // Leaving twice counts once.
  leases[0].leave(false);
  leases[1].leave(false);
  expect(devices[0].destroyed).toBe(false);
  leases[2].leave(false);
  expect(devices[0].destroyed).toBe(true);
});

test('one who leaves because the device failed takes it from all, and the next ones share another', async () => {
  const [first, second] = await Promise.all([shared.take(), shared.take()]);
  first.leave(true);
  expect(devices[0].destroyed).toBe(true);
  const again = await Promise.all([shared.take(), shared.take()]);
  expect(devices.length).toBe(2);
  // One who hears of the loss late does no harm to the new device.
  second.leave(true);
  expect(devices[1].destroyed).toBe(false);
  expect(again[0].gpu).not.toBe(first.gpu);
});

test('a device that is lost by itself is not given to anybody any more', async () => {
  await shared.take();
  devices[0].destroy();
  await null;
  await null;
  await shared.take();
  expect(devices.length).toBe(2);
});

test('after a device that could not be opened, the next one who asks tries anew', async () => {
  refuse = true;
  await expect(shared.take()).rejects.toThrow('no device');
  refuse = false;
  await shared.take();
  expect(devices.length).toBe(1);
});
