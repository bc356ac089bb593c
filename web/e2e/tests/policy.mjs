// What the built pages allow themselves: nothing inline, nothing from elsewhere, no text that becomes markup or a worker. That nothing of
// the page's own is refused by it is looked at in every claim of every file (watch in browser.mjs).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const dist = new URL('../../dist/', import.meta.url);
const kPages = ['index', 'bench', 'engines', 'maps', 'parity', 'builder', 'article', 'embed', 'atlas/index'];
const calm = { reducedMotion: 'reduce' };

/** Tried from the page's own script; what came of each. */
async function attack(elsewhere) {
  const tries = {
    markup: () => {
      document.body.innerHTML = '<b>x</b>';
    },
    script: () => {
      document.createElement('script').text = 'window.ran = 1';
    },
    'script from elsewhere': () => {
      document.createElement('script').src = `${elsewhere}x.js`;
    },
    worker: () => new Worker('data:text/javascript,1'),
    'worker by our own policy': () => trustedTypes.createPolicy('induction-worker', { createScriptURL: (x) => x }),
    'another policy': () => trustedTypes.createPolicy('mine', { createHTML: (x) => x }),
    request: () => fetch(elsewhere),
  };
  const held = {};
  for (const [name, attempt] of Object.entries(tries))
    held[name] = await (async () => attempt())().then(
      () => 'went through',
      () => 'refused',
    );
  const victim = document.createElement('p');
  try {
    victim.setAttribute('onclick', 'window.ran = 2');
  } catch {
    // Also refused.
  }
  victim.setAttribute('style', 'color: rgb(1, 2, 3)');
  document.body.append(victim);
  victim.click();
  held.style = getComputedStyle(victim).color === 'rgb(1, 2, 3)' ? 'went through' : 'refused';
  held.handler = window.ran === undefined ? 'refused' : 'went through';
  victim.remove();
  return held;
}

export const tests = [
  {
    name: 'policy: every page begins with it, and has no script and no style inside but those of the atlas, by their hashes',
    async run() {
      for (const page of kPages) {
        const html = readFileSync(new URL(`${page}.html`, dist), 'utf8');
        const [, policy] =
          /^<!doctype html>\s*<html lang="en">\s*<head>\s*<meta http-equiv="Content-Security-Policy" content="([^"]+)" \/>/i.exec(
            html,
          );
        for (const part of [
          "default-src 'none'",
          "require-trusted-types-for 'script'",
          "base-uri 'none'",
          "form-action 'none'",
        ])
          assert.ok(policy.includes(part), `${page}: ${part}`);
        assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'|https?:/, page);
        const inside = page.startsWith('atlas') ? 1 : 0;
        assert.equal((html.match(/<style/g) ?? []).length, inside, page);
        assert.equal((html.match(/<script(?![^>]* src=)/g) ?? []).length, inside, page);
        assert.doesNotMatch(html.replace(/<(script|style).*?<\/\1>/gs, ''), /\s(style|on\w+)=/, page);
      }
    },
  },
  {
    name: 'policy: markup, scripts, styles, workers, policies and requests from text are refused on every page',
    options: calm,
    tolerates: /policy/i,
    async run(page, address) {
      for (const name of kPages.filter((each) => !each.startsWith('atlas'))) {
        await page.goto(`${address}${name}.html`);
        // The same server by another name: without the policy it would answer.
        const held = await page.evaluate(attack, address.replace('127.0.0.1', 'localhost'));
        // A page that has started a worker has made the policy, once.
        if (!['index', 'bench'].includes(name)) delete held['worker by our own policy'];
        // A frame's author may name a poster and a recording anywhere.
        if (name === 'embed') delete held.request;
        const through = Object.entries(held).filter(([, outcome]) => outcome !== 'refused');
        assert.deepEqual(through, [], name);
      }
    },
  },
  {
    name: 'policy: a whole visit asks no other machine for anything',
    options: calm,
    async run(page, address) {
      const asked = new Set();
      page.context().on('request', (request) => asked.add(new URL(request.url()).origin));
      await page.goto(`${address}#preset=demo&steps=60`);
      await page.waitForSelector('.head');
      for (const section of await page.locator('details > summary:visible').all()) await section.click();
      await page.click('#share');
      await page.waitForSelector('#share-panel:popover-open');
      await page.keyboard.press('Escape');
      await page.evaluate(() => window.playground.advance(60));
      for (const name of ['builder', 'article', 'embed']) {
        await page.goto(`${address}${name}.html`);
        await page.waitForFunction(() =>
          ['ready', 'playing'].includes(document.querySelector('induction-playground')?.state),
        );
      }
      asked.delete('null');
      assert.deepEqual([...asked], [new URL(address).origin]);
    },
  },
];
