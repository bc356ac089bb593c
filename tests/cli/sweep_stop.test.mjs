// Runs of a sweep that end early, and runs whose numbers run away.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { newFolder, results, specFile, sweep } from './sweep_support.mjs';
import { scratch, summaryOf } from './support.mjs';

describe('stop rules', () => {
  const circuit = { preset: 'smeared', steps: 400, probe_every: 25 };
  const lineOf = (spec, ...flags) => {
    const out = newFolder();
    sweep(specFile(spec), out, ...flags);
    return results(out)[0];
  };
  const whole = lineOf({ base: circuit });

  test('after-onset ends a run at its first induction head, with the state that the whole run had there', () => {
    const line = lineOf({ base: circuit }, '--stop', 'after-onset');
    assert.deepEqual([line.status, line.steps, line.stop], ['stopped', whole.onset.induction, 'after-onset:0']);
    const config = join(scratch(), 'config.json');
    writeFileSync(config, JSON.stringify(line.config));
    assert.equal(line.signature, summaryOf('--config', config, '--steps', line.steps).signature);
  });
  test('after-onset:40 gives it 40 more steps', () => {
    const line = lineOf({ base: circuit, stop: ['after-onset:40'] });
    assert.deepEqual([line.status, line.steps], ['stopped', whole.onset.induction + 40]);
  });
  test('a rule that comes too late leaves a finished run', () => {
    const line = lineOf({ base: circuit, stop: 'after-onset:400' });
    assert.deepEqual([line.status, line.steps, line.signature], ['finished', 400, whole.signature]);
  });
  test('numbers that run away are a result: diverged, with the step and a likely cause', () => {
    const line = lineOf({ base: { ...circuit, lr: 1000, optimizer: 'sgd' } });
    assert.equal(line.status, 'diverged');
    assert.match(line.message, /^Training stopped at step \d+: .*learning rate/);
  });
  test('diverged ends a run whose loss left what training can mend, and no other', () => {
    const bad = { ...circuit, lr: 3, probe_every: 5 };
    const kept = lineOf({ base: bad });
    const line = lineOf({ base: bad }, '--stop', 'diverged');
    assert.equal(kept.status, 'finished', 'without the rule it goes on');
    assert.equal(line.status, 'diverged');
    assert.ok(line.steps < 400 && line.final.loss > Math.log(16) + 1, `${line.steps} ${line.final.loss}`);
    assert.equal(lineOf({ base: circuit, stop: 'diverged' }).signature, whole.signature);
  });
});
