// Figures that ask for WebGPU, on SwiftShader (a software adapter): they share one device, and come back together when it is lost.
import assert from 'node:assert/strict';
import { articleOf, serveArticles } from '../articles.mjs';
import { inWorker, keepDevice } from '../engine_support.mjs';

const kIds = ['a', 'b', 'c', 'd'];
/** Small: the software adapter computes on the processor. */
const kKnobs = 'n_heads="1" d_model="8" d_vocab="4" n_ctx="8" batch="2" period_min="2" period_max="4"';

const figure = (id, more = '') =>
  `<induction-playground id="${id}" preset="demo" ${kKnobs} engine="webgpu" autoplay="never" panels="heads" controls="all" style="width: 240px; min-height: 0" ${more}></induction-playground>`;

async function open(page, dist, figures) {
  const articles = await serveArticles();
  page.once('close', articles.close);
  await inWorker(page, keepDevice);
  await page.goto(articles.put(articleOf(`<div style="display: flex">${figures.join('')}</div>`, { dist })));
}

/** Each trains on a device, which took the place of so many others. */
const onDevice = (page, ids, recoveries = 0) =>
  page.waitForFunction(
    ([names, times]) =>
      names.every((id) => {
        const { engine, gpu, recoveries } = document.getElementById(id).life?.figure?.app.engine ?? {};
        return engine === 'webgpu' && gpu === 'ready' && recoveries === times;
      }),
    [ids, recoveries],
  );

/** Forty steps of each at once; their signatures. */
const train = (page, ids) =>
  page.evaluate(
    (names) =>
      Promise.all(
        names.map(async (id) => {
          const element = document.getElementById(id);
          await element.step(40);
          return element.signature();
        }),
      ),
    ids,
  );

/** Of all workers together. */
const devices = async (page) => {
  const counts = await Promise.all(page.workers().map((worker) => worker.evaluate(() => self.devices ?? 0)));
  return counts.reduce((sum, each) => sum + each, 0);
};

export const tests = [
  {
    name: 'four figures that ask for WebGPU share one device, and each has the signature that it has alone',
    gpu: true,
    async run(page, dist) {
      await open(page, dist, [figure('a', 'seed="1"')]);
      await onDevice(page, ['a']);
      const [alone] = await train(page, ['a']);
      await open(page, dist, [...kIds.map((id, i) => figure(id, `seed="${i % 2}"`))]);
      await onDevice(page, kIds);
      assert.equal(await devices(page), 1);
      const [a, b, c, d] = await train(page, kIds);
      assert.deepEqual([b, d, c], [alone, alone, a]);
      assert.notEqual(a, b);
      assert.equal(await devices(page), 1);
      assert.equal(page.workers().length, 1);
    },
  },
  {
    name: 'a device that is lost brings all figures on it back, on one other device, with the signatures that they have without a loss',
    gpu: true,
    async run(page, dist) {
      await open(
        page,
        dist,
        kIds.map((id) => figure(id)),
      );
      await onDevice(page, kIds);
      await train(page, kIds);
      const whole = new Set(await train(page, kIds));
      assert.equal(whole.size, 1);
      await open(
        page,
        dist,
        kIds.map((id) => figure(id)),
      );
      await onDevice(page, kIds);
      await train(page, kIds);
      await page.workers()[0].evaluate(() => self.keptDevice.destroy());
      await onDevice(page, kIds, 1);
      assert.equal(await devices(page), 2);
      const after = new Set(await train(page, kIds));
      assert.deepEqual(after, whole);
    },
  },
  {
    name: 'a figure whose attribute changes to WebGPU goes to the worker of those who have the device',
    gpu: true,
    async run(page, dist) {
      await open(page, dist, [figure('a'), figure('b').replace('engine="webgpu"', '').replace('controls="all"', '')]);
      await onDevice(page, ['a']);
      await page.waitForFunction(() => document.getElementById('b').state === 'ready');
      await page.evaluate(() => document.getElementById('b').setAttribute('engine', 'webgpu'));
      await onDevice(page, ['a', 'b']);
      assert.equal(await devices(page), 1);
      const [a, b] = await train(page, ['a', 'b']);
      assert.equal(a, b);
    },
  },
  {
    name: 'readers who choose WebGPU themselves in two figures get one device',
    gpu: true,
    async run(page, dist) {
      await open(
        page,
        dist,
        ['a', 'b'].map((id) => figure(id).replace('engine="webgpu"', '')),
      );
      for (const id of ['a', 'b']) {
        await page.waitForFunction((name) => document.getElementById(name).state === 'ready', id);
        await page.click(`#${id} #engine`);
        await page.check(`#${id} #engine-webgpu`);
      }
      await onDevice(page, ['a', 'b']);
      assert.equal(await devices(page), 1);
      const [a, b] = await train(page, ['a', 'b']);
      assert.equal(a, b);
    },
  },
];
