// The two things of Node that trainer_node.ts uses, without the types of all of Node.
declare module 'node:fs/promises' {
  export function readFile(file: URL): Promise<Uint8Array<ArrayBuffer>>;
}
declare module 'node:timers' {
  export function setImmediate(task: () => void): void;
}
