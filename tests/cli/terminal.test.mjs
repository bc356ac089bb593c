// The progress line on a terminal: sparklines where there is room, plain text where colour or Unicode is not wanted.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { binary, TINY } from './support.mjs';

const missing = spawnSync('script', ['--version']).error && 'script (util-linux) is not installed';

/** Everything that a terminal of this width is sent while a run goes on. It lasts as long as some redraws take, ten a second. */
function terminal(columns, env = {}) {
  const command = `stty cols ${columns}; ${binary} train ${TINY.join(' ')} --n_ctx 24 --batch 64 --probe_every 20 --steps 3000`;
  const { LC_ALL: _, LC_CTYPE: __, LANG: ___, NO_COLOR: ____, ...rest } = process.env;
  const { status, stdout } = spawnSync('script', ['-qec', command, '/dev/null'], { encoding: 'utf8', env: { ...rest, TERM: 'xterm', LC_ALL: 'C.UTF-8', ...env } });
  assert.equal(status, 0, stdout);
  return stdout;
}
const BLOCKS = /[▁▂▃▄▅▆▇█]{3}/;
const COLOUR = /\x1b\[\d+m/;
/** The drawn lines without colours. */
const lines = (text) => text.split('\r').map((line) => line.replace(/\x1b\[\d*[mK]/g, '')).filter((line) => line.startsWith('[') && /\d\/3000/.test(line));

describe('a terminal', { skip: missing }, () => {
  const wide = terminal(160);
  test('of 160 columns shows coloured curves of loss, previous-token and induction scores', () => {
    assert.match(wide, BLOCKS);
    assert.match(wide, COLOUR);
    const last = lines(wide).at(-1);
    assert.match(last, /loss +\d\.\d+ [▁▂▃▄▅▆▇█]+ rep .*prev +\d\.\d+ [▁▂▃▄▅▆▇█]+ ind +\d\.\d+ [▁▂▃▄▅▆▇█]+ /);
  });
  test('is never written beyond its width', () => {
    for (const [columns, text] of [[160, wide], [100, terminal(100)], [60, terminal(60)]])
      for (const line of lines(text)) assert.ok([...line.replace(/[\n\x1b].*/s, '')].length < columns, `${columns}: ${line}`);
  });
  test('of 70 columns has no room for curves', () => assert.doesNotMatch(terminal(70), BLOCKS));
  test('with NO_COLOR gets no colour, but curves', () => {
    const text = terminal(160, { NO_COLOR: '1' });
    assert.match(text, BLOCKS);
    assert.doesNotMatch(text, COLOUR);
  });
  test('without Unicode gets curves of ASCII signs', () => {
    const text = terminal(160, { LC_ALL: 'C' });
    assert.doesNotMatch(text, /[^\x00-\x7f]/);
    assert.match(lines(text).at(-1), /loss +\d\.\d+ [ .:\-=+*#]{5,} rep/);
  });
});

test('where there is no terminal there are neither curves nor escapes', () => {
  const { stderr } = spawnSync(binary, ['train', ...TINY, '--steps', '200'], { encoding: 'utf8' });
  assert.doesNotMatch(stderr, /[▁▂▃▄▅▆▇█\x1b]/);
  assert.match(stderr, /^step {7}0 /);
});
