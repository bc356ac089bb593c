// How long compute passes take by the graphics device's own clock. The executor does not know that it is timed.

/** Timestamps of one pass: its beginning and its end. */
const kEach = 2;
// The specification's numbers of buffer usage.
const kMapRead = 0x1;
const kCopySource = 0x4;
const kCopyTarget = 0x8;
const kResolve = 0x200;

/**
 * Times the next compute passes of a device that has the feature timestamp-query, `most` of them at most (2048: the limit of a query
 * set). `read` gives their durations in ms, in the order of their encoding, once they are submitted; `stop` ends it.
 */
export function timePasses(device, most) {
  const set = device.createQuerySet({ type: 'timestamp', count: kEach * most });
  const plain = device.createCommandEncoder;
  let passes = 0;
  device.createCommandEncoder = (descriptor) => {
    const encoder = plain.call(device, descriptor);
    const begin = encoder.beginComputePass;
    encoder.beginComputePass = (given) => {
      if (passes === most) return begin.call(encoder, given);
      const first = kEach * passes++;
      const timestampWrites = {
        querySet: set,
        beginningOfPassWriteIndex: first,
        endOfPassWriteIndex: first + 1,
      };
      return begin.call(encoder, { ...given, timestampWrites });
    };
    return encoder;
  };
  return {
    read: () => (passes === 0 ? Promise.resolve([]) : resolved(device, set, passes)),
    stop() {
      device.createCommandEncoder = plain;
      set.destroy();
    },
  };
}

async function resolved(device, set, passes) {
  const size = 8 * kEach * passes;
  const gathered = device.createBuffer({ size, usage: kResolve | kCopySource });
  const staging = device.createBuffer({ size, usage: kMapRead | kCopyTarget });
  const encoder = device.createCommandEncoder();
  encoder.resolveQuerySet(set, 0, kEach * passes, gathered, 0);
  encoder.copyBufferToBuffer(gathered, 0, staging, 0, size);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(kMapRead);
  const at = new BigUint64Array(staging.getMappedRange().slice(0));
  gathered.destroy();
  staging.destroy();
  return Array.from({ length: passes }, (_, i) => Number(at[kEach * i + 1] - at[kEach * i]) / 1e6);
}
