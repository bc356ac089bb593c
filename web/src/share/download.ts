// Hands a file to the reader.

export type Content = string | Uint8Array<ArrayBuffer> | Blob;

/** A moment is enough for every browser to have taken the bytes, in ms. */
const kKept = 10_000;

export function download(name: string, content: Content, type: string): void {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), kKept);
}
