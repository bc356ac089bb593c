// Files as a person brings them to the page: dropped, or as bytes that were changed on the way.
import { readFile } from 'node:fs/promises';

/** Clicks, and gives back what the browser saved: { name, bytes }. */
export async function savedBy(page, click) {
  const [download] = await Promise.all([page.waitForEvent('download'), click()]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/** Drops a file of these bytes on the page; `repeat` times as long, for files too large to send. */
export function drop(page, name, bytes, repeat = 1) {
  return page.evaluate(
    ([fileName, text, times]) => {
      const part = new Blob([Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))]);
      const transfer = new DataTransfer();
      transfer.items.add(new File(Array(times).fill(part), fileName));
      document
        .querySelector('main')
        .dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
    },
    [name, Buffer.from(bytes).toString('base64'), repeat],
  );
}

/** The file without what this program says about it, as another one would have written it. */
export function withoutMetadata(bytes) {
  const length = Number(bytes.readBigUInt64LE(0));
  const { __metadata__, ...tensors } = JSON.parse(bytes.subarray(8, 8 + length).toString());
  const header = Buffer.from(JSON.stringify(tensors).padEnd(length));
  return Buffer.concat([bytes.subarray(0, 8), header, bytes.subarray(8 + length)]);
}
