// Where a worker's script is: a file beside this one. In the build of one file one_file/worker_address.ts takes this one's place.
import workerUrl from './worker.ts?worker&url';

let bridge: string | null = null;

/**
 * Where the worker's file is on another server than the article, a script of the article's own origin imports it; what is said to it
 * meanwhile waits. `import()`, because policies count it as a script; what a worker's first file imports by itself, some count as a worker.
 */
const bridgeTo = (url: string) => `const early = [];
self.onmessage = (event) => early.push(event);
import(${JSON.stringify(url)}).then(
  () => early.forEach((event) => self.onmessage(event)),
  (error) => setTimeout(() => { throw error; }),
);`;

export function workerAddress(): string {
  const url = new URL(workerUrl, import.meta.url);
  // Of a document in a sandbox, location.origin is still the server's.
  if (url.origin === self.origin) return url.href;
  bridge ??= URL.createObjectURL(new Blob([bridgeTo(url.href)], { type: 'text/javascript' }));
  return bridge;
}
