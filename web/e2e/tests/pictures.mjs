// The page's main states as pictures, beside those in e2e/pictures: a change of looks is seen, and meant. All numbers of a run are exact,
// so the pictures hold real runs. `node e2e/pictures.mjs` makes them anew, to be looked at and committed.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fontsOf, pictureDesk } from '../compare_pictures.mjs';
import { kPictures, takePicture } from '../picture_states.mjs';

const kept = new URL('../pictures/', import.meta.url);
const made = new URL('../../../build/pictures/', import.meta.url);

/** Share of tiles that may differ: a caret, a focus ring's anti-aliasing. */
const kMost = 0.002;

export const tests = kPictures.map((picture) => ({
  name: `the page looks as in its picture: ${picture.name}`,
  options: picture.options,
  async run(page, address) {
    const fonts = JSON.parse(readFileSync(new URL('fonts.json', kept)));
    if (JSON.stringify(await fontsOf(page)) !== JSON.stringify(fonts)) {
      console.log('# not run: the pictures were made with other fonts than this computer has');
      return;
    }
    const desk = await pictureDesk(page.context().browser());
    try {
      const now = await desk.shrink(await takePicture(page, address, picture));
      const before = readFileSync(new URL(`${picture.name}.jpg`, kept));
      const { share, worst, place, size } = await desk.compare(before, now);
      if (share <= kMost) return;
      mkdirSync(made, { recursive: true });
      writeFileSync(new URL(`${picture.name}.jpg`, made), now);
      const where = size
        ? `the page is ${size.join(' by ')} now`
        : `most at ${place?.join(', ')} (by ${Math.round(worst)} of 255)`;
      throw new Error(
        `${(100 * share).toFixed(1)} % of it looks different, ${where}; it lies in build/pictures. If that is meant: node e2e/pictures.mjs ${picture.name}`,
      );
    } finally {
      await desk.close();
    }
  },
}));
