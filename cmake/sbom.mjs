// What the project is made of: a software bill of materials (CycloneDX 1.5) and the list of licences.
// usage: node cmake/sbom.mjs [--out FILE] [--notices FILE]
//   without a flag: prints the licences, a line each, and exits 1 when a part has none or one that is not in LICENCES
//   --out      writes the bill of materials
//   --notices  writes the licence texts of what the built page has in it, which their licences ask to go along with it
// The page's packages come from the lock files; libraries of C++ from the headers that are compiled.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const LICENCES = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'CC0-1.0', 'ISC', 'MIT', 'MPL-2.0', 'NCSA', 'Python-2.0', 'blessing'];
const HEADER_ROOTS = ['/usr/include', '/usr/local/include', '/opt/homebrew/include', '/usr/include/eigen3', '/usr/local/include/eigen3', '/opt/homebrew/include/eigen3'];

/** part: page, in what readers load; program, in the command line; test, in neither. */
const LIBRARIES = [
  { name: 'nlohmann-json', parts: ['page', 'program'], licence: 'MIT', header: ['nlohmann/detail/abi_macros.hpp', 'nlohmann/json.hpp'], version: ['NLOHMANN_JSON_VERSION_MAJOR', 'NLOHMANN_JSON_VERSION_MINOR', 'NLOHMANN_JSON_VERSION_PATCH'], owner: 'Copyright (c) 2013-2022 Niels Lohmann', home: 'https://github.com/nlohmann/json' },
  { name: 'eigen', parts: ['page', 'program'], licence: 'MPL-2.0', header: ['Eigen/src/Core/util/Macros.h', 'Eigen/Version'], version: ['EIGEN_WORLD_VERSION', 'EIGEN_MAJOR_VERSION', 'EIGEN_MINOR_VERSION'], owner: 'Copyright (c) the authors of Eigen', home: 'https://gitlab.com/libeigen/eigen' },
  { name: 'CLI11', parts: ['program'], licence: 'BSD-3-Clause', header: ['CLI/Version.hpp'], version: ['CLI11_VERSION_MAJOR', 'CLI11_VERSION_MINOR', 'CLI11_VERSION_PATCH'], owner: 'Copyright (c) 2017-2022 University of Cincinnati, developed by Henry Schreiner under NSF AWARD 1414736', home: 'https://github.com/CLIUtils/CLI11' },
  { name: 'sqlite', parts: ['program'], licence: 'blessing', header: ['sqlite3.h'], version: ['SQLITE_VERSION'], owner: 'in the public domain', home: 'https://sqlite.org' },
  { name: 'doctest', parts: ['test'], licence: 'MIT', header: ['doctest/doctest.h'], version: ['DOCTEST_VERSION_MAJOR', 'DOCTEST_VERSION_MINOR', 'DOCTEST_VERSION_PATCH'], owner: 'Copyright (c) 2016-2021 Viktor Kirilov', home: 'https://github.com/doctest/doctest' },
  { name: 'xtensor', parts: ['program'], licence: 'BSD-3-Clause', header: ['xtensor/xtensor_config.hpp', 'xtensor/core/xtensor_config.hpp'], version: ['XTENSOR_VERSION_MAJOR', 'XTENSOR_VERSION_MINOR', 'XTENSOR_VERSION_PATCH'], owner: 'Copyright (c) 2016 Johan Mabille, Sylvain Corlay and Wolf Vollprecht', home: 'https://github.com/xtensor-stack/xtensor' },
  { name: 'xtl', parts: ['program'], licence: 'BSD-3-Clause', header: ['xtl/xtl_config.hpp'], version: ['XTL_VERSION_MAJOR', 'XTL_VERSION_MINOR', 'XTL_VERSION_PATCH'], owner: 'Copyright (c) 2017 Sylvain Corlay and Johan Mabille', home: 'https://github.com/xtensor-stack/xtl' },
];
/** What the bundler puts into the page; the other packages build or test it. */
const IN_THE_PAGE = ['lit', 'lit-html', 'lit-element', '@lit/reactive-element', 'uplot'];

function headerText(names) {
  for (const name of names)
    for (const folder of HEADER_ROOTS) if (existsSync(`${folder}/${name}`)) return readFileSync(`${folder}/${name}`, 'utf8');
  return '';
}

function libraryVersion({ header, version }) {
  const text = headerText(header);
  const parts = version.map((macro) => new RegExp(`# *define +${macro} +"?([\\d.]+)`).exec(text)?.[1]);
  return parts.includes(undefined) ? 'not installed' : parts.join('.');
}

function emscriptenVersion() {
  try {
    return /(\d+\.\d+\.\d+)/.exec(execFileSync('emcc', ['--version'], { encoding: 'utf8' }))?.[1] ?? 'unknown';
  } catch {
    return 'not installed';
  }
}

const library = (given) => ({ type: 'library', name: given.name, version: given.version, scope: given.parts[0] === 'test' ? 'excluded' : 'required', licenses: [{ license: { id: given.licence } }], externalReferences: [{ type: 'website', url: given.home }], properties: [{ name: 'parts', value: given.parts.join(' ') }] });

/** Of a lock file: every package in it, also those for other systems. */
function npmParts(folder) {
  const { packages } = JSON.parse(readFileSync(`${root}${folder}/package-lock.json`, 'utf8'));
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, { version, license, integrity }]) => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      const inPage = IN_THE_PAGE.includes(name);
      const [, content] = /^sha512-(.+)$/.exec(integrity ?? '') ?? [];
      return {
        type: 'library',
        name,
        version,
        scope: inPage ? 'required' : 'excluded',
        purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
        ...(content && { hashes: [{ alg: 'SHA-512', content: Buffer.from(content, 'base64').toString('hex') }] }),
        licenses: license ? [{ expression: license }] : [],
        properties: [{ name: 'parts', value: inPage ? 'page' : 'test' }],
      };
    });
}

const native = [...LIBRARIES.map((given) => ({ ...given, version: libraryVersion(given) })), { name: 'emscripten', parts: ['page'], licence: 'MIT', version: emscriptenVersion(), owner: 'Copyright (c) 2010-2014 Emscripten authors; its C library is musl, Copyright (c) 2005-2020 Rich Felker, et al.', home: 'https://emscripten.org' }];
const once = new Map();
for (const part of [...native.map(library), ...['web', 'web/headless'].flatMap(npmParts)]) {
  const key = `${part.name}@${part.version}`;
  if (!once.has(key) || part.scope === 'required') once.set(key, part);
}
const components = [...once.values()];
const licenceOf = ({ licenses = [] }) => licenses.map(({ license, expression }) => license?.id ?? license?.name ?? expression).join(' AND ');
/** One of an `OR` is enough, each of an `AND` is needed. */
const known = (text) => text !== '' && text.replaceAll(/[()]/g, '').split(' OR ').some((either) => either.split(' AND ').every((each) => LICENCES.includes(each.trim())));

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the
"Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish,
distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to
the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR
ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE
SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

function notices() {
  const sections = [`Induction Playground\n\n${readFileSync(`${root}LICENSE`, 'utf8').trim()}`];
  for (const name of IN_THE_PAGE) {
    const folder = `${root}web/node_modules/${name}`;
    const { version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    sections.push(`${name} ${version}\n\n${readFileSync(`${folder}/LICENSE`, 'utf8').trim()}`);
  }
  for (const { name, version, licence, owner, home } of native.filter(({ parts }) => parts.includes('page')))
    sections.push(`${name} ${version} (${home})\n\n${owner}\n\n${licence === 'MIT' ? MIT : 'Under the Mozilla Public License 2.0, https://www.mozilla.org/MPL/2.0/; its source is at the address above, unchanged.'}`);
  return `${sections.join(`\n\n${'-'.repeat(72)}\n\n`)}\n`;
}

const flag = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : null);
const [out, noticesTo] = [flag('--out'), flag('--notices')];
if (noticesTo) writeFileSync(noticesTo, notices());
if (out) {
  const { version } = JSON.parse(readFileSync(`${root}web/package.json`, 'utf8'));
  const bill = { $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json', bomFormat: 'CycloneDX', specVersion: '1.5', version: 1, metadata: { component: { type: 'application', name: 'induction-playground', version, licenses: [{ license: { id: 'MIT' } }] } }, components };
  writeFileSync(out, `${JSON.stringify(bill, null, 2)}\n`);
}
const bad = components.filter((part) => !known(licenceOf(part)));
if (!out && !noticesTo)
  for (const part of components) console.log(`${part.properties[0].value.padEnd(13)} ${`${part.name} ${part.version}`.padEnd(52)} ${licenceOf(part) || 'no licence'}`);
for (const part of bad) console.error(`${part.name} ${part.version} has the licence '${licenceOf(part)}', which is none of ${LICENCES.join(', ')}`);
process.exitCode = bad.length ? 1 : 0;
