// Bad input: exit status 2, one sentence that names the thing and what is allowed, and nothing half-written.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { assertRefused, induction, readJson, scratch, tensorBytes, TINY, trainInto } from './support.mjs';

describe('flags', () => {
  const cases = [
    ['no command', [], /a command is needed: train, probe, schema/],
    ['an unknown command', ['trian'], /'trian'/, /train, probe, schema/],
    ['an unknown flag', ['train', '--frobnicate', '3'], /'--frobnicate'/, /--help/],
    ['a misspelt knob, with a hint', ['train', '--n_layer', '3'], /'--n_layer'; did you mean --n_layers\?/],
    ['a knob with a dash, with a hint', ['train', '--n-heads=2'], /'--n-heads'; did you mean --n_heads\?/],
    ['a misspelt flag of the command, with a hint', ['train', '--thread', '2'], /did you mean --threads\?/],
    ['a word too many', ['train', 'now'], /'now' is not expected/],
    ['a missing value', ['train', '--lr'], /--lr needs a value/],
    ['an integer out of range', ['train', '--n_layers', '9'], /n_layers is '9'/, /a whole number from 1 to 4/],
    ['an integer that is not whole', ['train', '--batch', '2.5'], /batch is '2\.5'/, /whole number/],
    ['a real out of range', ['train', '--lr', '-1'], /lr is '-1'/, /from 0 to 1000/],
    ['a real that is no number', ['train', '--lr', 'nan'], /lr is 'nan'/],
    ['text for a number', ['train', '--seed', 'abc'], /seed is 'abc'/],
    ['an empty value', ['train', '--seed', ''], /seed is ''/],
    ['a number that is cut short', ['train', '--steps', '10x'], /steps is '10x'/],
    ['an unknown choice', ['train', '--positions', 'rotray'], /positions is 'rotray'/, /rotary, learned/],
    ['an unknown boolean', ['train', '--tied_embedding', 'maybe'], /tied_embedding is 'maybe'/, /true or false/],
    ['control characters, made harmless', ['train', '--seed', '\x1b[31m'], /seed is '\?\[31m'/],
    ['an unknown preset', ['train', '--preset', 'dmeo'], /'dmeo'/, /demo, main, fast, smeared/],
    ['no threads', ['train', '--threads', '0'], /--threads is '0'/, /from 1 to/],
    ['threads that are no number', ['train', '--threads', 'all'], /--threads is 'all'/],
    ['an unknown instruction set', ['train', '--kernels', 'mmx'], /--kernels is 'mmx'/, /generic/],
    ['a block as long as the context', ['train', '--period_max', '32'], /period_max is 32/, /n_ctx 32/],
    ['an odd head under rotary positions', ['train', '--d_head', '7'], /d_head is 7/, /even/],
    ['too few tokens to draw without replacement', ['train', '--without_replacement', '--d_vocab', '8'], /d_vocab is 8/, /without_replacement/],
    ['bench without a size', ['bench'], /--size S, M or L/],
    ['bench with an unknown size', ['bench', '--size', 'XL'], /--size is 'XL'/],
    ['probe without a model', ['probe', '--out', 'x'], /--model is required/],
  ];
  for (const [what, args, ...patterns] of cases) test(what, () => assertRefused(args, ...patterns));
});

test('a configuration that is too large for the memory names the knobs, the need and what there is', () => {
  const huge = ['--batch', 1024, '--n_ctx', 256, '--n_heads', 16, '--n_layers', 4, '--d_vocab', 4096, '--d_model', 256];
  const folder = join(scratch(), 'run');
  assertRefused(['train', ...huge, '--out', folder], /batch 1024/, /n_ctx 256/, /needs about \d+\.\d GiB/);
  assert.ok(!existsSync(folder), 'nothing is written');
});

describe('a configuration file', () => {
  const folder = scratch();
  const cases = [
    ['that is not there', null, /cannot be read/],
    ['that is cut short', '{"n_layers": 1', /not valid JSON/],
    ['that is not an object', '[1]', /must be a JSON object/],
    ['with an unknown knob', '{"n_layer": 1}', /'n_layer'/, /did you mean n_layers/],
    ['with text for a number', '{"n_layers": "1"}', /n_layers is "1"/],
    ['with a number for a boolean', '{"smeared_keys": 1}', /smeared_keys is "1"/],
    ['with a list for a number', '{"lr": [1]}', /lr is/],
    ['with a value out of range', '{"d_model": 1000000}', /d_model is/, /8 to 256/],
    ['with a huge exponent', '{"lr": 1e999}', /JSON|lr is/],
    ['with an unknown preset', '{"preset": "x"}', /no preset "x"/],
    ['that is nested a hundred thousand deep', '['.repeat(100000), /nested too deeply/],
    ['that is not text', Buffer.from([0xff, 0xfe, 0x00]), /not valid JSON/],
  ];
  cases.forEach(([what, text, ...patterns], i) => {
    test(what, () => {
      const path = join(folder, `config${i}.json`);
      if (text !== null) writeFileSync(path, text);
      assertRefused(['train', '--config', path], new RegExp(`'${path}'`), ...patterns);
    });
  });
  test('that is a folder', () => assertRefused(['train', '--config', folder], /cannot be read/));
  test('that never ends', () => assertRefused(['train', '--config', '/dev/zero'], /'\/dev\/zero' is larger than 8 MiB/));
});

describe('an output folder', () => {
  test('that is a file', () => {
    const file = join(scratch(), 'file');
    writeFileSync(file, 'mine');
    assertRefused(['train', '--steps', 1, '--out', file], /which is a file/);
    assertRefused(['train', '--steps', 1, '--out', join(file, 'run')], /cannot be made/);
    assert.equal(readFileSync(file, 'utf8'), 'mine');
  });
  test('where nothing can be made', () => assertRefused(['train', '--steps', 1, '--out', '/proc/run'], /'\/proc\/run' cannot be made/));
  test('where nothing can be written', () => assertRefused(['train', '--steps', 1, '--out', '/proc/self'], /'\/proc\/self/, /cannot be written/));
  test('that holds a run already, unless --force replaces it', () => {
    const folder = join(scratch(), 'run');
    trainInto(folder, ...TINY, '--steps', 30);
    const before = readFileSync(join(folder, 'checkpoint.safetensors'));
    assertRefused(['train', ...TINY, '--steps', 20, '--out', folder], /holds a run already/, /--resume/, /--force/);
    assert.ok(before.equals(readFileSync(join(folder, 'checkpoint.safetensors'))));
    trainInto(folder, ...TINY, '--steps', 20, '--force');
    assert.equal(readJson(join(folder, 'summary.json')).steps, 20);
  });
  test('that holds other files keeps them', () => {
    const folder = scratch();
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    trainInto(folder, ...TINY, '--steps', 5);
    assert.equal(readFileSync(join(folder, 'notes.txt'), 'utf8'), 'mine');
  });
});

describe('a hostile safetensors file', () => {
  const folder = scratch();
  trainInto(join(folder, 'run'), ...TINY, '--steps', 20);
  const good = readFileSync(join(folder, 'run', 'model.safetensors'));
  const length = Number(good.readBigUInt64LE(0));
  const header = () => JSON.parse(good.subarray(8, 8 + length).toString());
  const data = good.subarray(8 + length);
  const edited = (edit, bytes = data) => {
    const made = header();
    edit(made);
    return tensorBytes(made, bytes);
  };
  const poisoned = Buffer.from(data);
  poisoned.writeFloatLE(NaN, header()['blocks.0.attn.W_Q'].data_offsets[0]);
  const W_Q = 'blocks.0.attn.W_Q';
  const cases = [
    ['empty', Buffer.alloc(0), /too short/],
    ['cut in the header', good.subarray(0, 100), /cut off/],
    ['cut in the data', good.subarray(0, good.length - 4), /beyond the end/],
    ['with a header length of 2^64 − 1', tensorBytes(header(), data, 0xffffffffffffffffn), /header is longer/],
    ['with a header length beyond the file', tensorBytes(header(), data, 1n << 40n), /header is longer/],
    ['with a header that is not JSON', tensorBytes('{"a":', data), /not a JSON object/],
    ['with a header nested too deeply', tensorBytes('['.repeat(100000), data), /nested too deeply/],
    ['with a shape that overflows', edited((h) => (h[W_Q].shape = [2 ** 32, 2 ** 32, 2 ** 32])), /larger than its data/],
    ['with a negative size', edited((h) => (h[W_Q].shape = [-2, 16, 8])), /whole, non-negative/],
    ['with offsets beyond the file', edited((h) => (h[W_Q].data_offsets = [0, 2 ** 50])), /beyond the end/],
    ['with offsets that run backwards', edited((h) => h[W_Q].data_offsets.reverse()), /beyond the end/],
    ['with a wrong shape', edited((h) => (h[W_Q].shape = [2, 8, 16])), /blocks\.0\.attn\.W_Q' has shape \[2, 8, 16\]; it must be \[2, 16, 8\]/],
    ['with another type', edited((h) => (h[W_Q].dtype = 'BF16')), /dtype F32/],
    ['without a tensor', edited((h) => delete h[W_Q]), /no tensor 'blocks\.0\.attn\.W_Q'/],
    ['with a number that is not finite', tensorBytes(header(), poisoned), /blocks\.0\.attn\.W_Q' holds a number that is not finite/],
    ['without a config', edited((h) => delete h.__metadata__), /no 'config'/],
    ['with a config that is out of range', edited((h) => (h.__metadata__.config = '{"n_layers": 99}')), /config is not valid: n_layers is/],
    ['with a step that is no number', edited((h) => (h.__metadata__.step = '-1')), /no step/],
  ];
  cases.forEach(([what, bytes, ...patterns], i) => {
    test(what, () => {
      const path = join(folder, `${i}.safetensors`);
      const out = join(folder, `${i}.out`);
      writeFileSync(path, bytes);
      assertRefused(['probe', '--model', path, '--out', out], new RegExp(`'${path}': `), ...patterns);
      assert.ok(!existsSync(out), 'nothing is written');
      // The same bytes as a checkpoint: the folder stays as it is.
      const run = join(folder, `${i}`);
      mkdirSync(run);
      writeFileSync(join(run, 'checkpoint.safetensors'), bytes);
      assertRefused(['train', '--resume', run], /checkpoint\.safetensors/);
      assert.deepEqual(readdirSync(run), ['checkpoint.safetensors']);
    });
  });
  test('the untouched file is accepted', () => {
    assert.equal(induction('probe', '--model', join(folder, 'run'), '--out', join(folder, 'ok')).status, 0);
  });
});

describe('a token file', () => {
  const folder = scratch();
  trainInto(join(folder, 'run'), ...TINY, '--steps', 5);
  const cases = [
    ['that is not JSON', '[[1, 2', /not valid JSON/],
    ['that is not a list of rows', '{"rows": []}', /array of token rows/],
    ['without rows', '[]', /array of token rows/],
    ['with a row that is no list', '[[1, 2], 3]', /row 1 is not an array/],
    ['with a row that is too short', '[[1]]', /row 0 has 1 tokens; it must have 2 to 13/],
    ['with a row that is too long', JSON.stringify([Array(14).fill(1)]), /row 0 has 14 tokens; it must have 2 to 13/],
    ['with rows of different lengths', '[[1, 2, 3], [1, 2]]', /row 1 has 2 tokens and row 0 has 3/],
    ['with a token outside the vocabulary', '[[1, 2, 3], [1, 8, 3]]', /row 1, position 1 is 8/, /0 to 7 \(d_vocab 8\)/],
    ['with a negative token', '[[1, -2]]', /row 0, position 1 is -2/],
    ['with a token that is not whole', '[[1.5, 2]]', /row 0, position 0 is 1\.5/],
    ['with text', '[["a", 2]]', /row 0, position 0 is "a"/],
    ['with a token that is a list', '[[[1], 2]]', /row 0, position 0 is a list/],
    ['nested a hundred thousand deep', `[[${'['.repeat(100000)}${']'.repeat(100000)}, 2]]`, /row 0, position 0 is a list/],
    ['with too many rows', JSON.stringify(Array(1025).fill([1, 2])), /1025 rows; it may have 1024/],
  ];
  cases.forEach(([what, text, ...patterns], i) => {
    test(what, () => {
      const path = join(folder, `tokens${i}.json`);
      const out = join(folder, 'out.safetensors');
      writeFileSync(path, text);
      assertRefused(['probe', '--model', join(folder, 'run'), '--tokens', path, '--out', out], new RegExp(`'${path}'`), ...patterns);
      assert.ok(!existsSync(out));
    });
  });
});

test('an output file that cannot be written leaves nothing behind', () => {
  const folder = scratch();
  trainInto(join(folder, 'run'), ...TINY, '--steps', 5);
  mkdirSync(join(folder, 'taken'));
  assertRefused(['probe', '--model', join(folder, 'run'), '--out', join(folder, 'taken')], /taken' cannot be written/);
  assertRefused(['probe', '--model', join(folder, 'run'), '--out', join(folder, 'no', 'x.safetensors')], /cannot be written/);
  assertRefused(['probe', '--model', join(folder, 'run'), '--out', join(folder, 'run', 'model.safetensors')], /which is the model itself/);
  assert.deepEqual(readdirSync(folder).sort(), ['run', 'taken']);
});
