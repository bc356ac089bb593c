// Makes the pictures that e2e/tests/pictures.mjs compares with: node e2e/pictures.mjs [part of a name]. Look at them before committing.
import { writeFileSync } from 'node:fs';
import { launch } from './browser.mjs';
import { fontsOf, pictureDesk } from './compare_pictures.mjs';
import { kPictures, takePicture } from './picture_states.mjs';
import { serve } from './server.mjs';

const kept = new URL('pictures/', import.meta.url);
const { address, close } = await serve(new URL('..', import.meta.url).pathname);
const browser = await launch();
const desk = await pictureDesk(browser);
const wanted = process.argv[2] ?? '';
for (const picture of kPictures.filter(({ name }) => name.includes(wanted))) {
  const page = await browser.newPage(picture.options);
  writeFileSync(new URL('fonts.json', kept), `[${(await fontsOf(page)).join(', ')}]\n`);
  const small = await desk.shrink(await takePicture(page, `${address}dist/`, picture));
  writeFileSync(new URL(`${picture.name}.jpg`, kept), small);
  console.log(`${picture.name} ${small.length} bytes`);
  await page.close();
}
await browser.close();
close();
