// The workers of all figures of a page: a few, each with the sessions of several figures, so that ten figures do not load ten cores.
import { Client, type Port } from '../src/client.ts';
import { startWorker } from '../src/start_worker.ts';
import { workerAddress } from './worker_address.ts';

/** One is left for the article itself. */
const kMost = Math.max(1, Math.min(4, (globalThis.navigator?.hardwareConcurrency || 2) - 1));

interface Member {
  worker: Worker;
  /** Everybody who asks for WebGPU sits here: a device is one worker's, and an article opens one. */
  graphics: boolean;
  seats: Map<number, (why: string) => void>;
}

export interface Seat {
  client: Client;
  leave(): void;
}

const members: Member[] = [];
let last_id = 0;

/** Where policies forbid workers, Chromium fires an error later; WebKit throws at once. */
function start(): Worker {
  try {
    return startWorker(workerAddress());
  } catch (error) {
    throw new Error(`The worker could not run here: ${error instanceof Error ? error.message : error}`);
  }
}

function hire(graphics: boolean): Member {
  const member: Member = { worker: start(), graphics, seats: new Map() };
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

/** Where the next one sits: with those who ask for WebGPU, when it does; else where there are fewest. */
function place(graphics: boolean): Member {
  const [idle] = [...members].sort((a, b) => a.seats.size - b.seats.size);
  const room = idle && (idle.seats.size === 0 || members.length >= kMost) ? idle : null;
  if (!graphics) return room ?? hire(false);
  const member = members.find((each) => each.graphics) ?? room ?? hire(true);
  member.graphics = true;
  return member;
}

/** A session of its own in one of the workers; `graphics`: it may ask for WebGPU. Throws where workers are forbidden. */
export function takeSeat(onCrash: (why: string) => void, graphics = false): Seat {
  const member = place(graphics);
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
