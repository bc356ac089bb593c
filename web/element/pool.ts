// The workers of all figures of a page: a few, each with the sessions of several figures, so that ten figures do not load ten cores.
import { Client, type Port } from '../src/client.ts';
import { startWorker } from '../src/start_worker.ts';
import workerUrl from './worker.ts?worker&url';

/** One is left for the article itself. */
const kMost = Math.max(1, Math.min(4, (globalThis.navigator?.hardwareConcurrency || 2) - 1));

interface Member {
  worker: Worker;
  seats: Map<number, (why: string) => void>;
}

export interface Seat {
  client: Client;
  leave(): void;
}

const members: Member[] = [];
let last_id = 0;
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

function address(): string {
  const url = new URL(workerUrl, import.meta.url);
  if (url.origin === location.origin) return url.href;
  bridge ??= URL.createObjectURL(new Blob([bridgeTo(url.href)], { type: 'text/javascript' }));
  return bridge;
}

function hire(): Member {
  const member: Member = { worker: startWorker(address()), seats: new Map() };
  member.worker.onerror = (event) => {
    event.preventDefault();
    drop(member);
    for (const crashed of [...member.seats.values()]) crashed(event.message ?? '');
  };
  members.push(member);
  return member;
}

function drop(member: Member): void {
  member.worker.terminate();
  const at = members.indexOf(member);
  if (at >= 0) members.splice(at, 1);
}

/** How many workers there are, and how many figures have a session: for tests, and for the curious. */
export function census(): { workers: number; figures: number } {
  return { workers: members.length, figures: members.reduce((sum, { seats }) => sum + seats.size, 0) };
}

/** A session of its own in one of the workers. Throws where workers are forbidden. */
export function takeSeat(onCrash: (why: string) => void): Seat {
  const idle = [...members].sort((a, b) => a.seats.size - b.seats.size)[0];
  const member = idle && (idle.seats.size === 0 || members.length >= kMost) ? idle : hire();
  const id = ++last_id;
  const { port1, port2 } = new MessageChannel();
  const client = new Client(port1 as unknown as Port, onCrash);
  member.seats.set(id, onCrash);
  member.worker.postMessage({ id, port: port2 }, [port2]);
  return {
    client,
    leave() {
      if (!member.seats.delete(id)) return;
      port1.close();
      if (member.seats.size === 0) drop(member);
      else member.worker.postMessage({ id, port: null });
    },
  };
}
