import type { HeadScores } from '@core/loader.mjs';
import { describe, expect, test } from 'vitest';
import { Series } from '../src/series.ts';
import { hintOf, isEvent, taskWords, tellStory, whatToLookFor } from '../src/story.ts';
import { record, schema } from './stub.ts';

const config = { d_vocab: 16, n_layers: 2, smeared_keys: false, steps: 1000, task: 'repeat', positions: 'rotary' };
const running = (step: number) => ({ step, playing: true, finished: false, stopped: null });

const head = (layer: number, index: number, change: Partial<HeadScores>): HeadScores => ({
  layer,
  head: index,
  previous_token: 0.1,
  induction: 0.1,
  duplicate_token: 0,
  first_token: 0,
  entropy: 1,
  role: 'none yet',
  confidence: 0,
  evidence: '',
  token_k_composition: null,
  ...change,
});

const previous = head(0, 2, { role: 'previous token', previous_token: 0.9, confidence: 0.91 });
const induction = head(1, 3, { role: 'induction', induction: 0.8, confidence: 0.88 });

function seriesOf(...records: ReturnType<typeof record>[]): Series {
  const series = new Series();
  for (const each of records) series.add(each);
  return series;
}

describe('the story', () => {
  test('begins with a guess', () => {
    const { text } = tellStory(seriesOf(record(0, { loss: 2.79 })), running(0), config);
    expect(text).toContain('Nothing is learned yet');
    expect(text).toContain('2.79 nats');
  });

  test('says that repeated tokens are still guessed', () => {
    const { text } = tellStory(seriesOf(record(0), record(25, { loss_rep: 2.7 })), running(31), config);
    expect(text).toBe('Step 31. Nothing copies yet: repeated tokens are still guessed (2.70 nats).');
  });

  test('names the previous-token head, its step and how sure it is', () => {
    const onset = { previous_token: 350, induction: null };
    const { phase, text } = tellStory(seriesOf(record(350, { heads: [previous], onset })), running(356), config);
    expect(phase).toBe('previous');
    expect(text).toContain('Head 0.2 looks at the previous token (since step 350, 91\u202f% sure)');
  });

  test('names the induction head, its step and how sure it is', () => {
    const onset = { previous_token: 350, induction: 375 };
    const series = seriesOf(record(375, { heads: [previous, induction], onset, loss_rep: 0.41 }));
    const { phase, text } = tellStory(series, running(391), config);
    expect(phase).toBe('induction');
    expect(isEvent(phase)).toBe(true);
    expect(text).toContain('Since step 375, head 1.3 completes the circuit (88\u202f% sure)');
    expect(text).toContain('0.410 nats');
  });

  test('does not claim a head that has lost its role', () => {
    const onset = { previous_token: 350, induction: 375 };
    const later = record(500, { heads: [previous, head(1, 3, {})], onset, loss_rep: 2 });
    const series = seriesOf(record(375, { heads: [previous, induction], onset }), later);
    expect(tellStory(series, running(500), config).text).toContain('none stands out now');
  });

  test('warns of a model that only knows its own periods', () => {
    const onset = { previous_token: 1, induction: 2 };
    const unseen = { loss: 3, loss_new: 3, loss_rep: 2.9, accuracy_rep: 0, accuracy_query: null };
    const series = seriesOf(record(400, { heads: [induction], onset, loss_rep: 0.2, unseen }));
    expect(tellStory(series, running(400), config).text).toContain('only knows the periods it was trained on');
  });

  test('says why one layer stays where it is', () => {
    const { text } = tellStory(seriesOf(record(700, { loss_rep: 1.7 })), running(700), { ...config, n_layers: 1 });
    expect(text).toContain('one layer without smeared keys cannot');
  });

  test('sees through a model that predicts repeats by position', () => {
    const unseen = { loss: 5, loss_new: 3, loss_rep: 7.3, accuracy_rep: 0, accuracy_query: null };
    const series = seriesOf(record(700, { loss_rep: 0.02, unseen }));
    const { text } = tellStory(series, running(700), { ...config, n_layers: 1, task: 'repeat_fixed' });
    expect(text).toContain('no head is an induction head');
    expect(text).toContain('on others, repeated tokens cost 7.30 nats');
  });

  test('says why no circuit may have formed when the run is over', () => {
    const status = { ...running(1000), playing: false, finished: true };
    const tell = (change: object) => tellStory(seriesOf(record(1000)), status, { ...config, ...change }).note;
    expect(tell({ positions: 'none' })).toContain('Without positions');
    expect(tell({ optimizer: 'sgd' })).toContain('SGD');
    expect(tell({ n_layers: 1 })).toBe('The run of 1\u202f000 steps is complete; press play to go on.');
  });

  test('does not speak of copying where nothing repeats', () => {
    const { text } = tellStory(seriesOf(record(50, { loss_rep: null })), running(50), config);
    expect(text).toContain('This task repeats nothing');
  });

  test('passes on why training stopped', () => {
    const status = { ...running(50), playing: false, stopped: 'The loss became infinite at step 51.' };
    const { phase, text } = tellStory(seriesOf(record(50)), status, config);
    expect(phase).toBe('stopped');
    expect(text).toContain('infinite at step 51');
  });
});

describe('the series', () => {
  test('stays bounded however long the run, and keeps its first and last points', () => {
    const series = new Series();
    for (let step = 0; step <= 20_000; step++) series.add(record(step, { heads: [previous] }));
    expect(series.step.length).toBeLessThanOrEqual(2048);
    expect(series.step[0]).toBe(0);
    expect(series.latest?.step).toBe(20_000);
    for (const column of series.columns()) expect(column.length).toBe(series.step.length);
  });
});

test('other tasks are told in the words of config.def, without them by their name', () => {
  const doc = 'What the sequences are: repeat tiles a block; segment copies one stretch of noise; text is yours.';
  const task = { ...schema.knobs[0], name: 'task', doc };
  const words = (name: string) => taskWords({ ...schema, knobs: [task] }, name);
  expect(words('segment')).toBe('copies one stretch of noise');
  expect(words('text')).toBe('is yours');
  expect(words('seg')).toBe('');
  expect(whatToLookFor({ task: 'segment' }, { ...schema, knobs: [task] })).toContain('“segment”, which copies one');
  expect(whatToLookFor({ task: 'segment' }, schema)).toContain('the task “segment”.');
});

test('the short hint says what comes next, and nothing once it has come or where it cannot come', () => {
  expect(hintOf('start', config)).toMatch(/layer 0, then for stripes/);
  expect(hintOf('before', config)).toBe(hintOf('start', config));
  expect(hintOf('previous', config)).toMatch(/^Now watch for stripes/);
  for (const phase of ['induction', 'finished', 'stopped'] as const) expect(hintOf(phase, config)).toBe('');
  expect(hintOf('start', { ...config, n_layers: 1 })).toBe('');
  expect(hintOf('start', { ...config, n_layers: 1, smeared_keys: true })).toMatch(/^Watch for stripes/);
  expect(hintOf('start', { ...config, task: 'bigram' })).toBe('');
});
