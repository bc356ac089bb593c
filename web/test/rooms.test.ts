// Arrows point one way: which room may see which.
import { expect, test } from 'vitest';

const sources = import.meta.glob<string>('../src/**/*.ts', { query: '?raw', import: 'default', eager: true });

function importsOf(path: string): string[] {
  return [...sources[path].matchAll(/(?:from|import) '(\.[^']+)'/g)].map(([, name]) => name.replace(/^.*\//, ''));
}

function mustNotSee(room: RegExp, hidden: RegExp): string[] {
  return Object.keys(sources)
    .filter((path) => room.test(path))
    .flatMap((path) => importsOf(path).map((name) => `${path} sees ${name}`))
    .filter((sight) => hidden.test(sight));
}

test.each([
  [
    'panels never see the worker or its session',
    /\/panels\//,
    /sees (worker|session|running|past|history|pack|pace)\.ts/,
  ],
  ['charts see neither the app nor a panel', /\/charts\//, /sees (app|panel|heads|sequence|knobs|curves)\.ts/],
  ['the app sees no panel, no page, no chart', /src\/app\.ts/, /sees (page|panel|heads|line_chart|palette)\.ts/],
  [
    'the worker sees nothing of the page',
    /(worker|session|pack|pace|records|present|loop|measure|intervene)\.ts|\/engine\/|\/pool\//,
    /sees (app|client|page|main|strings|state)\.ts/,
  ],
  ['the protocol sees only the core and its own parts', /protocol(_\w+)?\.ts/, /sees (?!protocol_)/],
])('%s', (_, room, hidden) => {
  expect(mustNotSee(room, hidden)).toEqual([]);
});

test('nothing asks the clock on the wall, which may jump', () => {
  const asking = Object.entries(sources).filter(([, text]) => /\bDate\b/.test(text.replace(/\/\/.*|\*.*/g, '')));
  expect(asking.map(([path]) => path)).toEqual([]);
});

test('no file is longer than 250 lines', () => {
  expect(Object.entries(sources).filter(([, text]) => text.trimEnd().split('\n').length > 250)).toEqual([]);
});
