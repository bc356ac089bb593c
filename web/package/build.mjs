// Puts into dist/ what the build of the page has left in web/dist/embed, and the licences beside it.
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';

const here = (name) => resolve(import.meta.dirname, name);
const built = here('../dist/embed');
if (!existsSync(built)) {
  console.error('There is no web/dist/embed; run ./play --build first.');
  process.exit(1);
}
rmSync(here('dist'), { recursive: true, force: true });
// The frame's page is no part of the package.
for (const name of readdirSync(built).filter((each) => !/^(embed|builder|article)-/.test(each)))
  cpSync(resolve(built, name), here(`dist/${name}`));
cpSync(here('../../LICENSE'), here('LICENSE'));
cpSync(here('../dist/licences.txt'), here('licences.txt'));
