// The signatures of presets after so many steps, from the built page in each browser that is here:
//   node e2e/signatures.mjs STEPS PRESET …
// Prints one line 'browser<TAB>preset<TAB>signature' each, and 'not run: why' for a browser that is missing. tests/matrix/run compares them.
import { findFirefox, launchFirefox } from '../headless/firefox.mjs';
import { findWebKit, launchWebKit } from '../headless/webkit.mjs';
import { launch } from './browser.mjs';
import { serve } from './server.mjs';

const steps = Number(process.argv[2]);
const presets = process.argv.slice(3);
if (!(steps > 0) || presets.length === 0) {
  console.error('usage: node e2e/signatures.mjs STEPS PRESET …');
  process.exit(2);
}

const { address, close } = await serve(new URL('..', import.meta.url).pathname);
/** The constant schedule, as the matrix: the length of the run does not matter then. */
const addressOf = (preset) => `${address}dist/#preset=${preset}&schedule=constant&steps=${steps}`;
const signature = (n) => window.playground.signatureAt(n);

/** With playwright's page or puppeteer's: a new one for each preset. */
async function inPages(browser, preset) {
  const page = await browser.newPage();
  // A busy machine takes its time.
  page.setDefaultTimeout(300_000);
  await page.goto(addressOf(preset));
  await page.waitForSelector('#play');
  const found = await page.evaluate(signature, steps);
  await page.close();
  return found;
}

async function inWebKit(page, preset) {
  await page.goto('about:blank');
  await page.goto(addressOf(preset));
  await page.until(() => document.querySelector('#play'));
  return page.evaluate(signature, steps);
}

const browsers = [
  { name: 'Chromium', start: () => launch(), ask: inPages },
  {
    name: 'Firefox',
    missing: findFirefox() ? null : 'there is no Firefox here (Debian: firefox-esr)',
    start: () => launchFirefox({ webgpu: false }),
    ask: inPages,
  },
  { name: 'WebKitGTK', missing: findWebKit().missing, start: launchWebKit, ask: inWebKit },
];

for (const { name, missing, start, ask } of browsers) {
  if (missing) {
    console.log(`not run: ${missing}`);
    continue;
  }
  const browser = await start();
  try {
    for (const preset of presets) console.log([name, preset, await ask(browser, preset)].join('\t'));
  } catch (error) {
    // The comparison then misses its line.
    console.error(`${name}: ${error.message}`);
    process.exitCode = 1;
  } finally {
    await browser.close();
  }
}
close();
