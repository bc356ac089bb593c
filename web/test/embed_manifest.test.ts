// The Custom Elements Manifest is written by hand: it must name what the element has, and nothing else.
import { expect, test } from 'vitest';
import { isAttribute, kOwn } from '../element/attributes.ts';
import manifest from '../package/custom-elements.json';

const sources = import.meta.glob<string>('../element/*.ts', { query: '?raw', import: 'default', eager: true });
const [element] = manifest.modules[0].declarations;
const names = (list: { name: string }[]) => list.map(({ name }) => name);
const found = (file: string, pattern: RegExp) =>
  [...sources[`../element/${file}`].matchAll(pattern)].map(([, name]) => name);

test('the manifest has every attribute of the figure, and none that the element would not read', () => {
  expect(names(element.attributes)).toEqual(expect.arrayContaining([...kOwn]));
  expect(names(element.attributes).filter((name) => !isAttribute(name))).toEqual([]);
});

test('the manifest has the events that are fired', () => {
  const fired = ['life.ts', 'news.ts', 'standing.ts'].flatMap((file) => found(file, /emit\((?:seen \? )?'(\w+)'/g));
  expect(names(element.events).sort()).toEqual([...new Set([...fired, 'offscreen'])].sort());
});

test('the manifest has the methods and fields of the class', () => {
  const methods = element.members.filter(({ kind }) => kind === 'method');
  const inSource = found('index.ts', /^ {2}(?:async )?(\w+)\([^)]*\)[:{ ].*\{$/gm);
  expect(names(methods).sort()).toEqual(
    inSource.filter((name) => !/^(constructor|(dis)?connectedCallback)$/.test(name)).sort(),
  );
  const fields = element.members.filter(({ kind }) => kind === 'field');
  const declared = found('index.ts', /^ {2}(?:declare|readonly|get) (\w+)/gm);
  expect(names(fields).sort()).toEqual(declared.sort());
});

test('the manifest has the parts of the shadow tree', () => {
  const inShell = found('shell.ts', /part\('\w+', '\w+', '(\w+)'\)/g);
  const inView = found('view.ts', /part="(\w+)"/g);
  expect(names(element.cssParts).sort()).toEqual([...inShell, ...inView].sort());
});
