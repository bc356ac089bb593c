// Strings of a stranger, wherever they come in: they are shown as what they are, and never become markup.
import assert from 'node:assert/strict';
import { statusOf } from '../browser.mjs';
import { advance, calm } from '../engine_support.mjs';
import { assertSaved, elementsOf } from '../figures.mjs';
import { drop } from '../files.mjs';

const kEvil = '<img src=x onerror="window.ran=1"><script>window.ran=2</script>';

/** No markup came of it, nothing ran, and no prototype has learned anything. */
async function harmless(page) {
  const found = await page.evaluate(() => ({
    ran: window.ran,
    made: document.querySelectorAll('img, iframe, object, embed, script:not([src]), base, [onerror], [onclick]').length,
    polluted: [{}.polluted, [].polluted, Object.keys(Object.prototype).length],
  }));
  assert.deepEqual(found, { ran: undefined, made: 0, polluted: [undefined, undefined, 0] });
}

const inAddress = {
  name: 'hostile: markup in every part of an address stands there as text, or nowhere',
  tolerates: /javascript:|^forbidden by policy: img-src/,
  options: calm,
  async run(page, address) {
    const parts = [
      ['preset', 'demo'],
      [kEvil, '1'],
      ['seed', kEvil],
      ['prompt', kEvil],
      ['head', kEvil],
      ['at', `5:${kEvil}`],
      ['at', kEvil],
      ['b', `${kEvil}=1&preset=${kEvil}`],
      ['__proto__', '{"polluted":1}'],
      ['constructor', 'x'],
    ];
    await page.goto(
      `${address}#${parts.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')}`,
    );
    await page.waitForSelector('#url-notice');
    assert.ok((await page.textContent('#url-notice')).includes('<img src=x'));
    assert.match(await page.textContent('#prompt-problem'), /“<” is not a token/);
    await advance(page, 20);
    await harmless(page);
    await page.goto('about:blank');
    await page.goto(
      `${address}embed.html#preset=demo&autoplay=never&onclick=${encodeURIComponent(kEvil)}&poster=${encodeURIComponent('javascript:window.ran=3')}&title=${encodeURIComponent(kEvil)}`,
    );
    await page.waitForFunction(() =>
      ['ready', 'error'].includes(document.querySelector('induction-playground')?.state),
    );
    assert.equal(await page.evaluate(() => window.ran), undefined);
    assert.equal(
      await page.evaluate(() => document.querySelector('induction-playground').hasAttribute('onclick')),
      false,
    );
  },
};

const inText = {
  name: 'hostile: markup as vocabulary, as labels, as the name of a file and in the figures saved of it stays text',
  options: calm,
  async run(page, address) {
    await page.goto(`${address}#preset=demo&steps=60&probe_every=20`);
    await page.waitForSelector('.head');
    const text = `${kEvil} <b>and</b> & "quoted" `.repeat(60);
    await drop(page, `${kEvil}.txt`, text);
    await page.waitForFunction(() => location.hash.includes('task=text'));
    await page.waitForFunction((name) => document.querySelector('#open-done')?.textContent.includes(name), kEvil);
    await page.keyboard.press('Escape');
    const labels = await page.locator('.token .label').allTextContents();
    assert.ok(labels.includes('<'), labels.join(''));
    await advance(page, 60);
    await page.hover('.token >> nth=3');
    await harmless(page);
    const { step } = await statusOf(page);
    const { svg } = await assertSaved(page, 'sequence', `demo-seed0-step${step}`);
    const made = await elementsOf(page, svg);
    assert.deepEqual(
      made.filter((name) => ['img', 'script', 'b', 'image', 'foreignObject'].includes(name)),
      [],
    );
    await drop(page, `${kEvil}.safetensors`, 'this is none');
    await page.waitForFunction((name) => document.querySelector('#open-problem')?.textContent.includes(name), kEvil);
    await harmless(page);
  },
};

const kJson = [
  '{"preset":"demo","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"n_heads":2}',
  '{"config":{"__proto__":{"polluted":1}}}',
  '{"preset":"__proto__"}',
  '{"preset":"demo","phases":[{"at":5,"__proto__":{"polluted":1}}]}',
  `{"preset":"demo","${kEvil.replaceAll('"', "'")}":1}`,
  '{"preset":"demo","task":"__proto__"}',
];

const inJson = {
  name: 'hostile: __proto__, constructor and markup in JSON are data: refused by name or left out, and no prototype learns of them',
  options: calm,
  async run(page, address) {
    await page.goto(`${address}#preset=demo&steps=60`);
    await page.waitForSelector('.head');
    await page.click('#share');
    for (const json of kJson) {
      await page.fill('#open-text', '');
      await page.click('#open-go');
      await page.waitForFunction(() =>
        /^There is nothing|empty|Paste/i.test(document.querySelector('#open-problem')?.textContent ?? ''),
      );
      const before = await page.textContent('#open-problem');
      await page.fill('#open-text', json);
      await page.click('#open-go');
      await page.waitForFunction((old) => {
        const problem = document.querySelector('#open-problem')?.textContent ?? '';
        return problem !== old && (problem !== '' || document.querySelector('#open-done').textContent !== '');
      }, before);
      await harmless(page);
    }
    await page.keyboard.press('Escape');
    await advance(page, 10);
    await harmless(page);
  },
};

export const tests = [inAddress, inText, inJson];
