// Two knobs of which neither may change without the other: what was refused is tried along with the next change.
import assert from 'node:assert/strict';

export const tests = [
  {
    name: 'a choice that is refused for another knob is taken as soon as that knob allows it',
    options: { reducedMotion: 'reduce' },
    async run(page, address) {
      await page.goto(`${address}#objective=query&bidirectional=true`);
      await page.waitForSelector('#play');
      // The group Model is open from the start.
      await page.click('[data-group=task] > summary');
      await page.selectOption('#knob-objective', 'next');
      const sentence = await page.waitForSelector('[data-knob=bidirectional] .refused');
      assert.match(await sentence.textContent(), /each position then sees its own answer/);
      assert.match(await page.evaluate(() => location.hash), /objective=query/);
      await page.setChecked('#knob-bidirectional', false);
      await page.waitForFunction(() => !document.querySelector('.refused'));
      // Both are the preset's again, so neither is in the address nor among the first settings.
      assert.doesNotMatch(await page.evaluate(() => location.hash), /objective|bidirectional/);
    },
  },
];
