// Two knobs of which neither may change without the other: what was refused is tried along with the next change.
import assert from 'node:assert/strict';

export const tests = [
  {
    name: 'a choice that is refused for another knob is taken as soon as that knob allows it',
    options: { reducedMotion: 'reduce' },
    async run(page, address) {
      await page.goto(`${address}#objective=query&bidirectional=true`);
      await page.waitForSelector('#play');
      await page.evaluate(() => {
        for (const group of ['task', 'model']) document.querySelector(`[data-group=${group}]`).setAttribute('open', '');
      });
      await page.selectOption('#knob-objective', 'next');
      const sentence = await page.waitForSelector('[data-knob=bidirectional] .refused');
      assert.match(await sentence.textContent(), /each position then sees its own answer/);
      assert.match(await page.evaluate(() => location.hash), /objective=query/);
      await page.setChecked('#knob-bidirectional', false);
      await page.waitForFunction(() => !document.querySelector('.refused'));
      assert.equal(await page.inputValue('#knob-objective'), 'next');
      assert.equal(await page.isChecked('#knob-bidirectional'), false);
    },
  },
];
