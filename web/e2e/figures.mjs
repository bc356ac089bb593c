// A figure's ⋯, used by keys: every format is saved, and what is in it is whole.
import assert from 'node:assert/strict';
import { savedBy } from './files.mjs';

/** Names of an SVG file's elements; none when it is not whole. Read in a page without a policy: ours lets no text become markup. */
export async function elementsOf(page, svg) {
  const blank = await page.context().newPage();
  const names = await blank.evaluate((text) => {
    const all = [...new DOMParser().parseFromString(text, 'image/svg+xml').querySelectorAll('*')];
    return all.some(({ localName }) => localName === 'parsererror')
      ? []
      : [...new Set(all.map((one) => one.localName))];
  }, svg.toString());
  await blank.close();
  return names;
}

/** `base`: what the files' names begin with. */
export async function assertSaved(page, figure, base) {
  const files = {};
  for (const format of ['png', 'svg', 'csv', 'json']) {
    await page.focus(`[data-figure="${figure}"]`);
    await page.keyboard.press('Enter');
    const { name, bytes } = await savedBy(page, () => page.click(`.figure-panel [data-format=${format}]`));
    assert.equal(name, `${base}-${figure}.${format}`);
    files[format] = bytes;
  }
  assert.equal(files.png.subarray(1, 4).toString(), 'PNG');
  assert.ok((await elementsOf(page, files.svg)).length > 0 && /<(path|text)/.test(files.svg), `${figure} is drawn`);
  assert.ok(!/NaN|undefined/.test(files.svg), `${figure} is drawn with numbers`);
  const width = Number(/width="([\d.]+)"/.exec(files.svg)[1]);
  assert.equal(files.png.readUInt32BE(16), Math.floor(2 * width), 'twice the size');
  const [head, ...rows] = files.csv.toString().trim().split('\r\n');
  const columns = Object.values(JSON.parse(files.json)).filter(Array.isArray);
  assert.equal(columns.length, head.split(',').length);
  assert.equal(columns[0].length, rows.length);
  assert.ok(rows.length > 1);
  return files;
}
