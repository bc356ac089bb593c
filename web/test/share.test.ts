import { describe, expect, test, vi } from 'vitest';
import { effectiveCourse, withChange } from '../src/changes.ts';
import { cells } from '../src/share/cells.ts';
import { chartSvg, ticks } from '../src/share/chart_svg.ts';
import { kindOf } from '../src/share/kinds.ts';
import { readAnswers } from '../src/share/questions.ts';
import { configText } from '../src/share/save_run.ts';
import { settingsOf } from '../src/share/settings_of.ts';
import { csv, json } from '../src/share/table.ts';
import { defaultSettings, effectiveConfig, withKnob } from '../src/state.ts';
import type { Colours } from '../src/theme.ts';
import { schema } from './stub.ts';

vi.stubGlobal('document', { body: null });
vi.stubGlobal('getComputedStyle', () => ({ backgroundColor: 'rgb(1, 2, 3)' }));

const bytes = (text: string) => Uint8Array.from([...text].map((sign) => sign.charCodeAt(0)));

describe('the settings of a config', () => {
  const now = { ...defaultSettings(schema), prompt: 'ab', head: '1.1', speed: 'max' };

  test('are the nearest preset and what differs, so that they make the same config', () => {
    const settings = withKnob(schema, { ...now, preset: 'smeared' }, 'lr', 0.25);
    const config = effectiveConfig(schema, settings);
    const { settings: found, whole } = settingsOf(schema, config, now);
    expect(whole).toBe(true);
    expect(found).toMatchObject({ preset: 'smeared', knobs: { lr: 0.25 }, speed: 'max' });
    expect(effectiveConfig(schema, found)).toEqual(config);
  });

  test('leave the sequence and the head of another model behind', () => {
    expect(settingsOf(schema, effectiveConfig(schema, now), now).settings).toMatchObject({ prompt: null, head: null });
  });
});

describe('the changes of a course', () => {
  const now = defaultSettings(schema);
  test('come back as they were made, so that the address says all of the run', () => {
    let made = withChange(schema, withKnob(schema, now, 'n_heads', 2), 4, { knobs: { lr: 0.5 } });
    made = withChange(schema, made, 6, { interventions: ['ablate 0.1 zero'] });
    made = withChange(schema, made, 8, { interventions: [] });
    made = withChange(schema, made, 10, { phase: true, knobs: { steps: 20 } });
    made = withChange(schema, made, 15, { knobs: { lr: 0.25 } });
    expect(settingsOf(schema, effectiveCourse(schema, made), now)).toEqual({ settings: made, whole: true });
  });
  test.each([
    [
      'a schedule that no phase began',
      {
        phases: [
          { steps: 5, at: 0 },
          { steps: 9, at: 5, schedule_from: 3 },
        ],
      },
    ],
    ['a pattern that is given', { interventions: [{ text: 'clamp 0.1 given', pattern: [[1]] }] }],
  ])('with %s, no address says it all', (_, course) => {
    expect(settingsOf(schema, course, now).whole).toBe(false);
  });
});

describe('what a file is', () => {
  const header = `${String.fromCharCode(24, 0, 0, 0, 0, 0, 0, 0)}{"a":{"dtype":"F32"}}   `;
  test.each([
    ['tensors by their header, whatever the name', header, 'photo.png', 'tensors'],
    ['a damaged file that says it holds tensors', 'PK\x03\x04', 'run.safetensors', 'tensors'],
    ['settings', '  {"n_heads": 2}', 'config.json', 'settings'],
    ['rows of tokens as JSON', '[[1, 2], [3, 4]]', 'rows.json', 'rows'],
    ['a NumPy array', '\x93NUMPY\x01\x00v\x00', 'rows.npy', 'rows'],
    ['a text', 'She sells sea shells.\n', 'poem.md', 'text'],
    ['a picture', '\x89PNG\r\n\x1a\n\x00\x00', 'cat.png', 'unknown'],
  ])('%s', (_, content, name, kind) => {
    expect(kindOf(bytes(content), name)).toBe(kind);
  });
});

describe('tables', () => {
  const columns = [
    { name: 'step', values: [0, 10] },
    { name: 'a "quoted", name', values: [0.5, null] },
    { name: 'token', values: ['=1+1', 'b'] },
  ];
  test('as CSV: quotes doubled, gaps empty, no formulas', () => {
    expect(csv({ columns })).toBe('step,"a ""quoted"", name",token\r\n0,0.5,\'=1+1\r\n10,,b\r\n');
  });
  test('as JSON: a list per column beside the facts', () => {
    expect(JSON.parse(json({ columns }, { figure: 'x' }))).toMatchObject({
      figure: 'x',
      step: [0, 10],
      token: ['=1+1', 'b'],
    });
  });
});

describe('pictures', () => {
  const tint = { ink: '#111', grey: '#777', hairline: '#ccc', heads: ['#00f'] } as Colours;
  const picture = {
    step: [0, 10, 20],
    lines: [{ label: '', colour: '#00f', width: 2, values: [1, null, 2], end: '1.3 <b>' }],
    levels: [{ at: 1, label: 'ln 16' }],
    marks: [
      { step: 10, label: 'onset' },
      { step: 12, label: 'lr 0.1', low: true },
    ],
    max_step: 20,
    max_value: 2,
  };
  const svg = chartSvg(picture, { title: 'Cost & gain', unit: 'nats', step: 'step' }, tint);

  test('a chart names its lines, levels and marks, with XML escaped', () => {
    for (const part of [
      'Cost &amp; gain',
      '1.3 &lt;b&gt;',
      'ln 16',
      'onset, 10',
      'lr 0.1',
      'stroke-dasharray="4 3"',
      'fill="rgb(1, 2, 3)"',
    ])
      expect(svg).toContain(part);
  });
  test('a gap in a line is bridged, as on screen', () => {
    expect(svg.match(/<path d="M48 [\d.]+L[\d.]+ [\d.]+" fill="none" stroke="#00f"/)).not.toBeNull();
  });
  test.each([
    [1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [1000, 6, [0, 200, 400, 600, 800, 1000]],
    [3.2, 5, [0, 1, 2, 3]],
  ])('ticks up to %s', (most, wanted, at) => {
    expect(ticks(most, wanted)).toEqual(at);
  });
  test('cells of one colour side by side are one rectangle, and empty ones are none', () => {
    const palette = Uint32Array.of(0, 0xff030201);
    expect(cells(Float32Array.of(1, 0, 1, 1), 2, palette)).toBe('<path d="M0 0h1v1h-1zM0 1h2v1h-2z" fill="#010203"/>');
  });
});

describe('what a file of weights leaves open', () => {
  const config = { n_ctx: 32, period_min: 8, period_max: 16 };
  const asks = { positions: ['rotary', 'none'], n_ctx: true, norm: true };
  const facts = { kind: 'weights' as const, config, course: config, step: 0, data_name: '', asks };

  test('is asked for until it is known', () => {
    expect(readAnswers(facts, {})).toHaveProperty('problem');
    expect(readAnswers(facts, { positions: 'learned', norm: 'none' })).toHaveProperty('problem');
    expect(readAnswers(facts, { positions: 'rotary', norm: 'folded' })).toMatchObject({ problem: /folded away/ });
  });
  test('becomes knobs, with periods that fit so short a sequence', () => {
    const knobs = { positions: 'rotary', norm: 'none', n_ctx: 12, period_max: 6, period_min: 3 };
    expect(readAnswers(facts, { positions: 'rotary', norm: 'none', n_ctx: '12' })).toEqual({ knobs });
  });
});

test('saved settings are the course of a run where it has one', () => {
  const metadata = (fields: object) => {
    const header = JSON.stringify({ __metadata__: fields });
    return bytes(`${String.fromCharCode(header.length)}\0\0\0\0\0\0\0${header}`);
  };
  expect(JSON.parse(configText(metadata({ config: '{"a":1}' })))).toEqual({ a: 1 });
  expect(JSON.parse(configText(metadata({ config: '{"a":1}', course: '{"phases":[]}' })))).toEqual({ phases: [] });
});
