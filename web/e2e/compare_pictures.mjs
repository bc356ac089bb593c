// Two pictures as a person would compare them: small, and tile by tile. The browser itself reads and shrinks them, so nothing else is
// needed that knows PNG.

/** Pictures are kept at a third of their size: text is grey texture there, but a lost line, an overlap or another colour shows. */
export const kShrink = 3;

/** Side of a tile in shrunk pixels: about one line of text. */
const kTile = 8;

/** Mean difference of a tile, of 255, above which it looks different: anti-aliasing of text and JPEG stay below 5. */
const kTileDiffers = 10;

/** In the page: a picture drawn at its size divided by `shrink`. */
async function drawn(base64, shrink) {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes]));
  const canvas = new OffscreenCanvas(Math.round(image.width / shrink), Math.round(image.height / shrink));
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** In the page: the same as a JPEG, a tenth of a PNG's size. */
async function shrunk([base64, shrink]) {
  const canvas = await window.drawn(base64, shrink);
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 })).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** In the page: mean difference of each tile, row by row, over what both pictures have. */
async function tileDifferences([one, other, tile]) {
  const [left, right] = [await window.drawn(one, 1), await window.drawn(other, 1)];
  const width = Math.min(left.width, right.width);
  const height = Math.min(left.height, right.height);
  const pixels = (canvas) => canvas.getContext('2d').getImageData(0, 0, width, height).data;
  const [x, y] = [pixels(left), pixels(right)];
  const [columns, rows] = [Math.floor(width / tile), Math.floor(height / tile)];
  const sums = new Float64Array(columns * rows);
  for (let at = 0; at < x.length; at++) {
    const [column, row] = [Math.floor(((at >> 2) % width) / tile), Math.floor((at >> 2) / width / tile)];
    if (column < columns && row < rows) sums[row * columns + column] += Math.abs(x[at] - y[at]);
  }
  const sizes = [left, right].map((canvas) => [canvas.width, canvas.height]);
  return { sizes, columns, means: Array.from(sums, (sum) => sum / (3 * tile * tile)) };
}

/** A page in which pictures are read. */
export async function pictureDesk(browser) {
  const page = await browser.newPage();
  await page.setContent('<title>pictures</title>');
  await page.evaluate(`window.drawn = ${drawn}`);
  return {
    close: () => page.close(),
    /** A picture, shrunk. Both are Buffers. */
    shrink: async (png) => Buffer.from(await page.evaluate(shrunk, [png.toString('base64'), kShrink]), 'base64'),
    /** Share of tiles that look different, and where the worst one is, in pixels of the page; `size` when that is another one. */
    async compare(one, other) {
      const both = [one.toString('base64'), other.toString('base64'), kTile];
      const { sizes, columns, means } = await page.evaluate(tileDifferences, both);
      const [[width, height], size] = sizes;
      if (width !== size[0] || Math.abs(height - size[1]) > kTile) return { share: 1, worst: 255, size };
      const worst = Math.max(...means);
      const at = means.indexOf(worst);
      const place = [at % columns, Math.floor(at / columns)].map((tiles) => tiles * kTile * kShrink);
      return { share: means.filter((mean) => mean > kTileDiffers).length / means.length, worst, place };
    },
  };
}

/** Widths of a line of text in the page's families: other fonts lay every line out differently, and pictures cannot be compared. */
export function fontsOf(page) {
  return page.evaluate(() => {
    const context = document.createElement('canvas').getContext('2d');
    return ['system-ui', 'serif', 'monospace'].map((family) => {
      context.font = `100px ${family}`;
      return Math.round(context.measureText('Where each head looks, 0123456789').width);
    });
  });
}
