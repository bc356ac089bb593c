// Shell completion and the manual page, both made from the table of flags. The shells themselves are asked where they exist.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { assertRefused, binary, induction, scratch } from './support.mjs';

const folder = scratch();
const scripts = {};
for (const shell of ['bash', 'zsh', 'fish']) {
  const { status, stdout, stderr } = induction('completion', shell);
  assert.equal(status, 0, stderr);
  scripts[shell] = join(folder, `induction.${shell}`);
  writeFileSync(scripts[shell], stdout);
}
mkdirSync(join(folder, 'runs'));
writeFileSync(join(folder, 'model.safetensors'), '');

const schema = JSON.parse(induction('schema').stdout);
const commands = induction('--help').stdout.split('Subcommands:\n')[1].match(/^ {2}\w+/gm).map((name) => name.trim());
const missing = (program) => spawnSync(program, ['--version']).error && `${program} is not installed`;

function run(program, ...args) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', cwd: folder, env: { ...process.env, PATH: `${dirname(binary)}:${process.env.PATH}` } });
  assert.equal(status, 0, stderr);
  assert.equal(stderr, '');
  return stdout;
}

/** What bash offers after these words, the last of which is being typed; bash itself cuts words at '='. */
function bashOffers(...words) {
  const cut = words.flatMap((word) => word.split(/(=)/)).filter((word, i, all) => word !== '' || i === all.length - 1);
  const quoted = ['induction', ...cut].map((word) => `'${word}'`).join(' ');
  return run('bash', '--norc', '-c', `source ${scripts.bash}; COMP_WORDS=(${quoted}); COMP_CWORD=${cut.length}; _induction; printf '%s\\n' "\${COMPREPLY[@]}"`).split('\n').filter(Boolean);
}

describe('bash', { skip: missing('bash') }, () => {
  test('knows the function after sourcing', () => assert.match(run('bash', '--norc', '-c', `source ${scripts.bash}; complete -p induction`), /^complete -o filenames -F _induction induction\n$/));
  test('offers every command', () => assert.deepEqual(bashOffers('').filter((word) => !word.startsWith('-')), commands));
  test('offers every knob as a flag of train', () => {
    const offers = new Set(bashOffers('train', '--'));
    for (const { name } of schema.knobs) assert.ok(offers.has(`--${name}`), name);
    for (const flag of ['--out', '--resume', '--from', '--checkpoint-every', '--json', '--help']) assert.ok(offers.has(flag), flag);
  });
  test('offers the options of every choice, and true and false', () => {
    for (const { name, type, options } of schema.knobs) {
      if (type === 'choice') assert.deepEqual(bashOffers('train', `--${name}`, ''), options, name);
      if (type === 'boolean') assert.deepEqual(bashOffers('train', `--${name}`, ''), ['true', 'false'], name);
      if (type === 'real' || type === 'integer') assert.deepEqual(bashOffers('train', `--${name}`, ''), [], `${name}: a number cannot be guessed`);
    }
  });
  test('completes what was begun, also after =', () => {
    assert.deepEqual(bashOffers('train', '--positions', 'si'), ['sinusoidal']);
    assert.deepEqual(bashOffers('train', '--positions=si'), ['sinusoidal']);
    assert.deepEqual(bashOffers('train', '--positions='), schema.knobs.find(({ name }) => name === 'positions').options);
    assert.deepEqual(bashOffers('rep'), ['replay']);
    assert.deepEqual(bashOffers('train', '--checkpoint-e'), ['--checkpoint-every']);
  });
  test('offers presets, kernels and sizes', () => {
    assert.deepEqual(bashOffers('train', '--preset', ''), schema.presets.map(({ name }) => name));
    assert.deepEqual(bashOffers('train', '--kernels', 'avx'), ['avx2', 'avx512vl', 'avx512']);
    assert.deepEqual(bashOffers('bench', '--size', ''), ['S', 'M', 'L']);
  });
  test('offers folders for a folder and files for a file, for arguments too', () => {
    assert.deepEqual(bashOffers('train', '--out', ''), ['runs']);
    assert.deepEqual(bashOffers('atlas', ''), ['runs']);
    assert.ok(bashOffers('train', '--resume', 'mo').includes('model.safetensors'));
    assert.ok(bashOffers('replay', 'mo').includes('model.safetensors'));
    assert.ok(bashOffers('probe', '--model', 'mo').includes('model.safetensors'));
    assert.ok(bashOffers('import', 'mo').includes('model.safetensors'));
    assert.deepEqual(bashOffers('completion', ''), ['bash', 'zsh', 'fish']);
  });
});

describe('zsh', { skip: missing('zsh') }, () => {
  test('reads the script', () => run('zsh', '-f', '-n', scripts.zsh));
  test('takes it as the completion of induction', () =>
    assert.equal(run('zsh', '-f', '-c', `autoload -Uz compinit; compinit -u -D; source ${scripts.zsh}; print $_comps[induction]`), '_induction\n'));
});

describe('fish', { skip: missing('fish') }, () => {
  const offers = (line) => run('fish', '--no-config', '-c', `source ${scripts.fish}; complete -C '${line}'`).split('\n').filter(Boolean).map((row) => row.split('\t')[0]);
  test('reads the script', () => run('fish', '--no-config', '-n', scripts.fish));
  test('offers every command', () => assert.deepEqual(offers('induction ').filter((word) => !word.startsWith('-')).sort(), [...commands].sort()));
  test('offers knobs and their options', () => {
    assert.deepEqual(offers('induction train --positio'), ['--positions']);
    assert.deepEqual(offers('induction train --schedule ').sort(), ['constant', 'cosine', 'linear']);
  });
});

describe('the manual page', () => {
  const { stdout: page } = induction('man');
  const path = join(folder, 'induction.1');
  writeFileSync(path, page);
  test('names every command, every knob and every exit status', () => {
    for (const name of commands) assert.match(page, new RegExp(`^\\.SS ${name}$`, 'm'));
    for (const { name } of schema.knobs) assert.match(page, new RegExp(`^\\.B \\\\-\\\\-${name}`, 'm'), name);
    for (const status of ['0 done', '1 the doctor', '2 refused', '3 the loss ran away']) assert.ok(page.includes(status), status);
  });
  test("has no fault in mandoc's eyes", { skip: missing('mandoc') && spawnSync('mandoc', ['-T', 'lint', '/dev/null']).error && 'mandoc is not installed' }, () => {
    const { stdout, stderr } = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning', path], { encoding: 'utf8' });
    // A page of a version has no date of its own.
    assert.deepEqual((stdout + stderr).split('\n').filter((line) => line && !/missing date/.test(line)), []);
  });
  test("has none in groff's", { skip: missing('groff') }, () => {
    const { stdout, stderr } = spawnSync('groff', ['-man', '-Tutf8', '-ww', path], { encoding: 'utf8' });
    assert.equal(stderr, '');
    assert.match(stdout, /INDUCTION\(1\)/);
  });
});

test('an unknown shell is refused', () => assertRefused(['completion', 'tcsh'], /no completion for 'tcsh'; the shells are bash, zsh and fish/));
test('no shell is refused', () => assertRefused(['completion'], /shell is required/));
