// What the end-to-end tests of the command line share: running it, folders that vanish, safetensors files.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const binary = process.env.INDUCTION ?? join(root, 'build/release/native/induction');
assert.ok(existsSync(binary), `${binary} is not built; set INDUCTION to the binary`);

// A model that trains at several thousand steps a second.
export const TINY = ['--n_heads', '2', '--d_model', '16', '--d_vocab', '8', '--n_ctx', '12', '--batch', '8', '--period_min', '3', '--period_max', '5'];
export const FILES = ['checkpoint.safetensors', 'config.json', 'metrics.jsonl', 'model.safetensors', 'summary.json'];

/** Runs the command line to its end. */
export function induction(...args) {
  const { status, stdout, stderr } = spawnSync(binary, args.map(String), { encoding: 'utf8', maxBuffer: 1 << 28 });
  return { status, stdout, stderr };
}

/** Trains without a folder and returns the summary. */
export function summaryOf(...args) {
  const { status, stdout, stderr } = induction('train', ...args);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

/** Trains into a folder that did not fail and returns what it says. */
export function trainInto(folder, ...args) {
  const result = induction('train', '--out', folder, ...args);
  assert.equal(result.status, 0, result.stderr);
  return result;
}

/** Starts the command line; `seen(text)` resolves when stderr has shown it, `ended` with the exit status or the signal. */
export function start(...args) {
  const child = spawn(binary, args.map(String), { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  const watchers = [];
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
    for (const watcher of watchers) if (stderr.includes(watcher.text)) watcher.resolve();
  });
  child.stdout.resume();
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve({ status: code ?? signal, stderr })));
  const seen = (text) => Promise.race([new Promise((resolve) => watchers.push({ text, resolve })), ended]);
  return { child, ended, seen };
}

/** Runs the command line as somebody who may not write into `folder`, a fresh one of `scratch`; null where root cannot give its rights up. */
export function withoutRights(folder, ...args) {
  chmodSync(folder, 0o555);
  for (const name of readdirSync(folder)) if (!statSync(join(folder, name)).isDirectory()) chmodSync(join(folder, name), 0o444);
  const root = process.getuid() === 0;
  if (root && spawnSync('setpriv', ['--version']).error) return null;
  if (root) chmodSync(dirname(folder), 0o755);
  const [command, ...before] = root ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--reuid=65534', '--', binary] : [binary];
  return spawnSync(command, [...before, ...args.map(String)], { encoding: 'utf8' });
}

/** Exit status 2 and one sentence on stderr that matches; nothing on stdout. */
export function assertRefused(args, ...wanted) {
  const { status, stdout, stderr } = induction(...args);
  assert.equal(status, 2, `${args.join(' ')}: ${stderr}`);
  assert.match(stderr, /^induction: [^\n]+\n$/, 'one sentence');
  for (const pattern of wanted) assert.match(stderr, pattern);
  assert.equal(stdout, '');
}

const folders = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
/** An empty folder, removed when the file's tests are over. */
export function scratch() {
  const folder = mkdtempSync(join(tmpdir(), 'induction-cli-'));
  folders.push(folder);
  return folder;
}

export const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));
export const readLines = (path) => readFileSync(path, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));

/** A safetensors file as {metadata, tensors: {name: {shape, values, at}}}; `at`: where its bytes begin. */
export function readTensors(path) {
  const bytes = readFileSync(path);
  const length = Number(bytes.readBigUInt64LE(0));
  const { __metadata__: metadata, ...entries } = JSON.parse(bytes.subarray(8, 8 + length).toString('utf8'));
  const tensors = {};
  for (const [name, { dtype, shape, data_offsets: [begin, end] }] of Object.entries(entries)) {
    assert.equal(dtype, 'F32');
    const at = 8 + length + begin;
    tensors[name] = { shape, at, values: new Float32Array(bytes.buffer.slice(bytes.byteOffset + at, bytes.byteOffset + 8 + length + end)) };
  }
  return { metadata, tensors };
}

/** A safetensors file's bytes from a header object and data, with any header length one likes. */
export function tensorBytes(header, data = Buffer.alloc(0), length = undefined) {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(length ?? BigInt(text.length));
  return Buffer.concat([prefix, text, data]);
}
