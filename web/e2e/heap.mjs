// What a page and its worker hold, after garbage was collected.

/**
 * Put before the worker's own code: remembers the module's memory, which the loader keeps to itself, and counts the bytes of graphics buffers
 * that nobody has destroyed, neither by themselves nor with their device.
 */
const spy = `
  const instantiate = WebAssembly.instantiate;
  WebAssembly.instantiate = async (...given) => {
    const made = await instantiate.apply(WebAssembly, given);
    self.spiedMemory = Object.values((made.instance ?? made).exports).find((each) => each instanceof WebAssembly.Memory);
    return made;
  };
  const streaming = WebAssembly.instantiateStreaming;
  WebAssembly.instantiateStreaming = async (...given) => {
    const made = await streaming.apply(WebAssembly, given);
    self.spiedMemory = Object.values(made.instance.exports).find((each) => each instanceof WebAssembly.Memory);
    return made;
  };
  self.spiedGpu = { bytes: 0, buffers: 0, devices: 0 };
  if (self.GPUDevice) {
    const held = new WeakMap();
    const given = new WeakMap();
    const count = (bytes, buffers, devices) => {
      spiedGpu.bytes += bytes; spiedGpu.buffers += buffers; spiedGpu.devices += devices;
    };
    const { requestDevice } = GPUAdapter.prototype;
    GPUAdapter.prototype.requestDevice = async function (...asked) {
      const device = await requestDevice.apply(this, asked);
      const mine = { bytes: 0, buffers: 0 };
      held.set(device, mine);
      count(0, 0, 1);
      device.lost.then(() => { count(-mine.bytes, -mine.buffers, -1); held.delete(device); });
      return device;
    };
    const { createBuffer } = GPUDevice.prototype;
    GPUDevice.prototype.createBuffer = function (asked) {
      const buffer = createBuffer.call(this, asked);
      const mine = held.get(this);
      if (mine) { mine.bytes += buffer.size; mine.buffers++; count(buffer.size, 1, 0); given.set(buffer, this); }
      return buffer;
    };
    const { destroy } = GPUBuffer.prototype;
    GPUBuffer.prototype.destroy = function () {
      const mine = held.get(given.get(this));
      given.delete(this);
      if (mine) { mine.bytes -= this.size; mine.buffers--; count(-this.size, -1, 0); }
      return destroy.call(this);
    };
  }
`;

/** Before the page is opened. */
export async function withSpy(page) {
  await page.route('**/worker*.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: spy + (await response.text()) });
  });
}

/** Speaks to the page's worker as the browser's own tools do. */
async function workerOf(session) {
  const attached = new Promise((found) => {
    session.on(
      'Target.attachedToTarget',
      ({ sessionId, targetInfo }) => targetInfo.type === 'worker' && found(sessionId),
    );
  });
  await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  const sessionId = await attached;
  const waiting = new Map();
  let last = 0;
  session.on('Target.receivedMessageFromTarget', (event) => {
    if (event.sessionId !== sessionId) return;
    const { id, result, error } = JSON.parse(event.message);
    const { resolve, reject } = waiting.get(id) ?? {};
    if (error) reject?.(new Error(error.message));
    else resolve?.(result);
  });
  return (method) =>
    new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject });
      const message = JSON.stringify({ id: last, method });
      session.send('Target.sendMessageToTarget', { sessionId, message }).catch(reject);
    });
}

/** Of a page that has a run: asks for { wasm, heap, worker, gpu } in bytes; `wasm` and `gpu` only where the page was opened with the spy. */
export async function heapsOf(page) {
  const session = await page.context().newCDPSession(page);
  const tell = await workerOf(session);
  return async () => {
    await tell('HeapProfiler.collectGarbage');
    await session.send('HeapProfiler.collectGarbage');
    const [wasm, gpu] = await page
      .workers()[0]
      .evaluate(() => [self.spiedMemory?.buffer.byteLength ?? null, self.spiedGpu ?? null]);
    const { usedSize: heap } = await session.send('Runtime.getHeapUsage');
    const { usedSize: worker, backingStorageSize: buffers } = await tell('Runtime.getHeapUsage');
    return { wasm, heap, worker, buffers, gpu };
  };
}
