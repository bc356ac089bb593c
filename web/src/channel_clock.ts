// The clock of a worker.
import type { Clock } from './engine/clock.ts';

/** Yields through a MessageChannel: unlike a timer it is not held back, and messages from the page come in between. */
export function channelClock(): Clock {
  const { port1, port2 } = new MessageChannel();
  const tasks: (() => void)[] = [];
  port1.onmessage = () => tasks.shift()?.();
  return {
    now: () => performance.now(),
    soon(task) {
      tasks.push(task);
      port2.postMessage(null);
    },
    later: (task, ms) => void setTimeout(task, ms),
  };
}
