// What an author writes, what a frame is told, and the page's style sheet as a figure's.
import { expect, test } from 'vitest';
import { isAttribute, readAttributes } from '../element/attributes.ts';
import { reservedHeight } from '../element/height.ts';
import { kMethods, readMessage } from '../element/messages.ts';

const read = (attributes: Record<string, string>) =>
  readAttributes(Object.entries(attributes).map(([name, value]) => ({ name, value })));
const order = (content: object) => readMessage({ name: 'induction-playground', version: 1, id: 1, ...content }, true);

test('an element without attributes shows the story, the heads and the loss, and trains on WebAssembly', () => {
  const wish = read({});
  expect(wish).toMatchObject({
    panels: ['story', 'heads', 'loss'],
    controls: 'buttons',
    autoplay: 'onscreen',
    problems: [],
  });
  expect(wish.address).toBe('engine=wasm');
});

test('knobs and what else an address may say go into the address, the rest of HTML does not', () => {
  const { address } = read({
    id: 'a',
    class: 'wide',
    style: 'x',
    'data-x': '1',
    onclick: 'y',
    preset: 'demo',
    n_heads: '2',
    at: '5:lr=1|9:none',
  });
  expect([...new URLSearchParams(address)]).toEqual([
    ['engine', 'wasm'],
    ['preset', 'demo'],
    ['n_heads', '2'],
    ['at', '5:lr=1'],
    ['at', '9:none'],
  ]);
});

test('a value that is not known is a sentence that says what can be', () => {
  expect(read({ autoplay: 'always', panels: 'heads pie' }).problems).toEqual([
    "panels is 'pie'; it can be story, heads, tokens, loss, scores, circuit, timeline.",
    "autoplay is 'always'; it can be onscreen, click, never.",
  ]);
});

test('an address of a frame cannot write what a browser would run or draw by', () => {
  for (const name of ['onclick', 'onload', 'style', 'class', 'id', 'is', 'slot', 'data-x', 'xml:base', 'href "x'])
    expect(isAttribute(name)).toBe(false);
  for (const name of ['preset', 'n_heads', 'autoplay', 'at']) expect(isAttribute(name)).toBe(true);
});

test('room is reserved for more panels, more layers and narrow columns', () => {
  const fixed = (text: string) => Number(/([\d.]+)px/.exec(text)?.[1]);
  const [wide, narrow] = reservedHeight(read({ panels: 'loss scores' }));
  expect(fixed(wide)).toBeLessThan(fixed(narrow));
  expect(reservedHeight(read({}))[0]).toContain('2 * (min(300px');
  expect(reservedHeight(read({ n_layers: '3' }))[0]).toContain('3 * (min(300px');
});

test('messages: of other windows, of other programs, of other versions and malformed ones are told apart', () => {
  expect(readMessage({ name: 'induction-playground', version: 1, id: 1, call: 'play' }, false)).toBe('foreign');
  for (const data of [null, 7, 'play', [], { call: 'play' }, { name: 'other', version: 1, id: 1, call: 'play' }])
    expect(readMessage(data, true)).toBe('foreign');
  expect(order({ version: 2, call: 'play' })).toBe('version');
  expect(order({ version: '1', call: 'play' })).toBe('version');
  const wrong = [
    { call: 'constructor' },
    { call: 'remove' },
    { call: 'play', args: [1] },
    { call: 'play', args: 'x' },
    { call: 'play', id: {} },
    { call: 'step', args: [-1] },
    { call: 'step', args: [1e12] },
    { call: 'seek' },
    { call: 'seek', args: ['5'] },
    { call: 'ablate', args: ['all'] },
    { call: 'ablate', args: ['1.2', {}] },
    { call: 'setState', args: [{ version: 1, address: 'x'.repeat(9000), step: 1 }] },
    { call: 'setState', args: [null] },
  ];
  for (const content of wrong) expect(order(content)).toBe('malformed');
});

test('messages: every method can be called', () => {
  const args: Record<string, unknown[]> = {
    seek: [10],
    ablate: ['1.2', null],
    setState: [{ version: 1, address: 'preset=demo', step: 4 }],
  };
  for (const call of kMethods) expect(order({ call, args: args[call] ?? [] })).toMatchObject({ id: 1, call });
});
