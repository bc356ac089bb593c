import { expect, test } from 'vitest';
import { CallError, Client, type Port } from '../src/client.ts';
import type { Reply, Request } from '../src/protocol.ts';

function fakePort(answer: (request: Request) => Reply | null) {
  const port: Port = {
    onmessage: null,
    onerror: null,
    postMessage(message) {
      const reply = answer(message as Request);
      if (reply) port.onmessage?.({ data: reply } as MessageEvent<Reply>);
    },
  };
  return port;
}

test('a reply settles the call of its id', async () => {
  const port = fakePort(({ id }) => ({ id, kind: 'signature', answer: { step: 3, signature: 'abc' } }));
  const client = new Client(port, () => undefined);
  expect(await client.call('signature', null)).toEqual({ step: 3, signature: 'abc' });
});

test('a failure rejects with the problems of the core', async () => {
  const problems = [{ knob: 'lr', message: 'lr is too large.' }];
  const port = fakePort(({ id }) => ({ id, failure: { message: 'lr is too large.', problems } }));
  const client = new Client(port, () => undefined);
  const error = await client.call('set', { knobs: { lr: 1e9 } }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(CallError);
  expect((error as CallError).problems).toEqual(problems);
});

test('a crash is told once', () => {
  const told: string[] = [];
  const port = fakePort(() => null);
  new Client(port, (why) => told.push(why));
  port.onerror?.({ message: 'out of memory' } as ErrorEvent);
  port.onerror?.({ message: 'again' } as ErrorEvent);
  expect(told).toEqual(['out of memory']);
});
