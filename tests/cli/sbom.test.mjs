// cmake/sbom.mjs: the bill of materials names all that is built in, and each part's licence is one that goes along with ours.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'sbom-'));
const [bill, notices] = [join(folder, 'sbom.json'), join(folder, 'licences.txt')];
execFileSync('node', [`${root}cmake/sbom.mjs`, '--out', bill, '--notices', notices]);
const { components } = JSON.parse(readFileSync(bill, 'utf8'));
const parts = new Map(components.map((part) => [part.name, part.properties[0].value]));

/** Packages that sources below a folder of web/ import by name. */
function imported(below) {
  const files = readdirSync(`${root}web/${below}`, { recursive: true }).filter((name) => /\.(ts|mts|js)$/.test(name) && !/\.test\./.test(name));
  const names = files.flatMap((name) => [...readFileSync(`${root}web/${below}/${name}`, 'utf8').matchAll(/(?:from|import\()\s*'([^'./][^']*)'/g)].map(([, each]) => each));
  return new Set(names.filter((name) => !/^(node:|@core|virtual:)/.test(name)).map((name) => name.split('/').slice(0, name.startsWith('@') ? 2 : 1).join('/')));
}

test('every part has a version and a licence', () => {
  assert.ok(components.length > 20);
  for (const { name, version, licenses } of components) assert.ok(/^\d/.test(version) && licenses.length > 0, `${name} ${version}`);
});

test('what the page and the element import is in the bill, as a part of the page', () => {
  const names = [...imported('src'), ...imported('element')].filter((name) => components.some((part) => part.name === name));
  assert.ok(names.includes('lit') && names.includes('uplot'), names.join());
  for (const name of names) assert.equal(parts.get(name), 'page', name);
});

test('what the core and the command line include is in the bill', () => {
  const headers = { nlohmann: 'nlohmann-json', Eigen: 'eigen', CLI: 'CLI11' };
  const sources = ['core', 'native'].flatMap((below) => readdirSync(`${root}${below}`, { recursive: true }).filter((name) => /\.[ch]pp$/.test(name)).map((name) => readFileSync(`${root}${below}/${name}`, 'utf8')));
  const used = new Set(sources.flatMap((text) => [...text.matchAll(/#include <(\w+)\/\w+/g)].map(([, each]) => each)).filter((name) => name !== 'sys'));
  for (const name of used) assert.match(parts.get(headers[name] ?? name) ?? `${name} is missing`, /program/);
});

test('the licence texts that go along with the page name each of its parts', () => {
  const text = readFileSync(notices, 'utf8');
  for (const [name, part] of parts) if (part.includes('page')) assert.ok(text.includes(`${name} ${components.find((each) => each.name === name).version}`), name);
});
