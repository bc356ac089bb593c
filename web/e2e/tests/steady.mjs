// What stands on the page stays where it is while a run goes on: a click that was begun on something ends on it.
import assert from 'node:assert/strict';
import { untilStatus } from '../browser.mjs';

const kRun = '#preset=demo&n_heads=2&steps=1000000&speed=200';
const kWatched = ['ip-heads', 'ip-sequence', 'ip-curves', '#section-circuits', 'ip-footer', '#section-glossary'];

/** From now on, every frame: where what is watched begins, and how high the page is; of each the least and the most. */
function watch(names) {
  window.places = {};
  const note = (name, at) => {
    const { least, most } = window.places[name] ?? { least: at, most: at };
    window.places[name] = { least: Math.min(least, at), most: Math.max(most, at) };
  };
  const look = () => {
    for (const name of names) note(name, document.querySelector(name).getBoundingClientRect().top + scrollY);
    note('page', document.documentElement.scrollHeight);
    requestAnimationFrame(look);
  };
  look();
}

const still = (name, options) => ({
  name: `steady: ${name}, nothing changes its place while a run starts, learns, is paused, stepped and started again`,
  options,
  async run(page, address) {
    await page.goto(`${address}${kRun}`);
    await untilStatus(page, ({ step }) => step > 60);
    await page.evaluate(watch, kWatched);
    await page.fill('#seed', '9');
    await page.press('#seed', 'Enter');
    await page.waitForFunction(() => location.hash.includes('seed=9'));
    await untilStatus(page, ({ step }) => step > 300);
    await page.click('#play');
    await page.waitForSelector('#signature');
    await page.click('#step');
    await page.click('#reset');
    await untilStatus(page, ({ step }) => step < 200);
    await page.click('#play');
    await untilStatus(page, ({ step }) => step > 60);
    const places = Object.entries(await page.evaluate(() => window.places));
    assert.equal(places.length, kWatched.length + 1);
    for (const [name, { least, most }] of places) assert.ok(most - least < 1, `${name} moved from ${least} to ${most}`);
  },
});

export const tests = [
  still('on a desk'),
  still('on a phone', { viewport: { width: 390, height: 844 } }),
  still('on a small phone', { viewport: { width: 320, height: 640 } }),
];
