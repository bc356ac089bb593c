// The states of the page that have a picture. Each is reached as a reader would reach it.
import { untilStatus } from './browser.mjs';

const sizes = {
  wide: { viewport: { width: 1440, height: 1000 } },
  laptop: { viewport: { width: 1024, height: 800 } },
  tablet: { viewport: { width: 768, height: 900 } },
  phone: { viewport: { width: 360, height: 740 } },
};

const finished = (page) => untilStatus(page, (status) => status.finished);

const standing = (page, step) => untilStatus(page, `(status) => status.step === ${step} && !status.playing`);

/** How each state is reached. */
const ways = {
  after: finished,
  back: (page) => standing(page, 200),
  error: async (page) => {
    await finished(page);
    await page.evaluate(() => document.querySelector('[data-group=optimiser]').setAttribute('open', ''));
    await page.fill('#knob-lr', '5000');
    await page.press('#knob-lr', 'Enter');
    await page.waitForSelector('#refused-lr');
  },
  broken: async (page) => {
    await finished(page);
    await page.click('[data-role=induction]');
    await page.click('#ablate-zero');
    await page.waitForSelector('[data-held=ablated]');
  },
  circuits: async (page) => {
    await finished(page);
    await page.click('#section-circuits > summary');
    await page.waitForSelector('#section-circuits canvas');
  },
  pair: async (page) => {
    await finished(page);
    await page.waitForFunction(() => {
      const place = document.querySelector('#pair-place')?.dataset;
      return place && place.a !== '0' && place.a === place.b;
    });
  },
  share: async (page) => {
    await finished(page);
    await page.click('#share');
    await page.waitForSelector('#open-text');
  },
};

const kAfter = '#preset=demo&speed=max&steps=400';
const kPair = '#preset=demo&steps=300&speed=max&b=preset%3Ddemo%26steps%3D300%26n_heads%3D3';

const states = [
  ['wide', 'light', 'after', kAfter],
  ['wide', 'dark', 'after', kAfter],
  ['laptop', 'light', 'after', kAfter],
  ['tablet', 'dark', 'after', kAfter],
  ['phone', 'light', 'after', kAfter],
  ['phone', 'dark', 'after', kAfter],
  ['wide', 'light', 'back', `${kAfter}&step=200`],
  ['phone', 'dark', 'back', `${kAfter}&step=200`],
  ['wide', 'dark', 'broken', kAfter],
  ['phone', 'light', 'broken', kAfter],
  ['wide', 'light', 'circuits', `${kAfter}&positions=learned`],
  ['tablet', 'dark', 'circuits', kAfter],
  ['wide', 'light', 'pair', kPair],
  ['phone', 'light', 'share', '#preset=demo&speed=max&steps=50'],
  ['wide', 'light', 'error', '#preset=demo&speed=max&steps=50'],
  ['wide', 'light', 'after', '#preset=demo&speed=max&steps=300&task=repeat_fixed&n_layers=1', 'shortcut'],
  ['phone', 'light', 'after', '#preset=demo&speed=max&n_heads=16&steps=50', '16heads'],
  ['wide', 'dark', 'after', '#preset=demo&speed=max&n_heads=1&n_layers=1&steps=50', '1head'],
];

export const kPictures = states.map(([size, colorScheme, way, hash, extra = way]) => ({
  name: `${size}-${colorScheme}-${extra}`,
  options: { ...sizes[size], colorScheme, reducedMotion: 'no-preference', deviceScaleFactor: 1 },
  hash,
  way: ways[way],
}));

/** The whole page as a PNG. */
export async function takePicture(page, address, { hash, way }) {
  await page.goto(address + hash);
  await way(page);
  await page.mouse.move(0, 0);
  // As tall as the page, so that what is fixed to the window's foot stands at the page's.
  const { width } = page.viewportSize();
  await page.setViewportSize({ width, height: await page.evaluate(() => document.documentElement.scrollHeight) });
  // The picture after the last step is pulled in the next animation frames, and charts draw after it.
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 300)))),
  );
  return page.screenshot({ fullPage: true, animations: 'disabled', caret: 'hide' });
}
