// The session's answers about circuits. They read whatever model the trainer holds now; nothing is kept.
import type { Trainer } from '@core/loader.mjs';
import type { Clock } from './engine/clock.ts';
import type { Answer, Body } from './protocol.ts';

/** What a call took, so that the page can ask so rarely that training hardly notices. */
function timed<T>(clock: Clock, call: () => T): T & { ms: number } {
  const began = clock.now();
  const found = call();
  return { ...found, ms: clock.now() - began };
}

export const composition = (trainer: Trainer, clock: Clock): Answer<'composition'> =>
  timed(clock, () => trainer.composition());

export const headCircuit = (trainer: Trainer, clock: Clock, body: Body<'head_circuit'>): Answer<'head_circuit'> =>
  timed(clock, () => ({ ...body, ...trainer.headCircuit(body.layer, body.head, body.through) }));

export const attribution = (trainer: Trainer, clock: Clock, body: Body<'attribution'>): Answer<'attribution'> =>
  timed(clock, () => trainer.attribution(body.tokens, body.position, body.composed));
