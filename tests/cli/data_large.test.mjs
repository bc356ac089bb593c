// Data larger than what is kept in memory: the same run, little memory, and files that change or are hostile.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { assertRefused, binary, induction, scratch, start, summaryOf } from './support.mjs';

const SMALL = ['--n_heads', 1, '--n_layers', 1, '--d_model', 8, '--n_ctx', 12, '--batch', 4, '--steps', 20, '--probe_every', 10];
const MIB = 2 ** 20;
const folder = scratch();

const header = (type, shape) => {
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape}), }\n`;
  const size = Buffer.alloc(2);
  size.writeUInt16LE(text.length);
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), size, Buffer.from(text)]);
};

/** An array of 64-bit numbers that takes no space on the disk where it is zero. */
function sparse(name, count) {
  const path = join(folder, name);
  const file = openSync(path, 'w');
  const start = header('<i8', `${count},`);
  writeSync(file, start);
  ftruncateSync(file, start.length + 8 * count);
  for (let i = 0; i < 64; i++) writeSync(file, Buffer.from([i % 7]), 0, 1, start.length + 8 * Math.floor((count * i) / 64));
  closeSync(file);
  return path;
}

describe('data that is not kept in memory', () => {
  test('gives the run of the same tokens in a smaller file that is: rows, text', () => {
    const tokens = Uint8Array.from({ length: 2.25 * MIB }, (_, i) => (i * i + (i >> 3)) % 11);
    const narrow = join(folder, 'narrow.npy');
    const wide = join(folder, 'wide.npy');
    writeFileSync(narrow, Buffer.concat([header('|u1', `${tokens.length / 48}, 48`), tokens]));
    writeFileSync(wide, Buffer.concat([header('<u8', `${tokens.length / 48}, 48`), Buffer.from(BigUint64Array.from(tokens, BigInt).buffer)]));
    const run = (data) => summaryOf('--task', 'tokens', '--data', data, ...SMALL).signature;
    assert.equal(run(wide), run(narrow));
    // Spaces only separate words.
    const words = 'tick tock said the old clock, twice a day; ';
    const short = join(folder, 'short.txt');
    const long = join(folder, 'long.txt');
    writeFileSync(short, words.repeat(4000));
    writeFileSync(long, words.replaceAll(' ', ' '.repeat(512)).repeat(4000));
    const read = (data) => summaryOf('--task', 'text', '--vocabulary', 'word', '--data', data, ...SMALL).signature;
    assert.equal(read(long), read(short));
  });
  test('takes no memory: 200 MB of rows in 96 MiB of address space', () => {
    const args = ['train', '--task', 'tokens', '--data', sparse('large.npy', 25e6), ...SMALL, '--threads', '1'];
    const limited = `ulimit -v ${96 * 1024} && exec "$0" "$@"`;
    const { status, stderr } = spawnSync('bash', ['-c', limited, binary, ...args.map(String)], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  });
  test('a file that changes under a run ends it with one sentence', async () => {
    const path = sparse('changing.npy', 3e6);
    const run = start('train', '--task', 'tokens', '--data', path, ...SMALL, '--steps', 1e6, '--probe_every', 100);
    await run.seen('step     100');
    writeFileSync(path, 'short');
    const { status, stderr } = await run.ended;
    assert.equal(status, 2, stderr);
    assert.match(stderr, /changing\.npy' was changed while it was in use/);
  });
  test('is refused like any other', () => {
    const bad = join(folder, 'bad.txt');
    const bytes = Buffer.alloc(17 * MIB, 'a ');
    bytes[16.5 * MIB] = 255;
    writeFileSync(bad, bytes);
    assertRefused(['train', '--task', 'text', '--data', bad, ...SMALL], new RegExp(`byte ${16.5 * MIB} of the data is not UTF-8`));
    const cut = join(folder, 'cut.npy');
    writeFileSync(cut, Buffer.concat([header('<i8', '3000000,'), Buffer.alloc(17 * MIB)]));
    assertRefused(['train', '--task', 'tokens', '--data', cut, ...SMALL], /as many numbers as its shape says/);
    assertRefused(['train', '--task', 'text', '--data', folder, ...SMALL], /cannot be read: Is a directory/);
    const pipe = spawnSync('bash', ['-c', `head -c ${17 * MIB} /dev/zero | "$0" train --task text --data /dev/stdin --steps 1`, binary], { encoding: 'utf8' });
    assert.equal(pipe.status, 2);
    assert.match(pipe.stderr, /^induction: '\/dev\/stdin' is larger than 16 MiB\n$/);
    assert.equal(induction('train', '--help').stdout.includes('of any size'), true);
  });
});
