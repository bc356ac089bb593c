// Two knobs that need each other: what was refused is tried along with the next change.
import { describe, expect, it } from 'vitest';
import type { Client } from '../src/client.ts';
import { Refusals } from '../src/refusals.ts';
import { changeKnob, defaultSettings, type Settings } from '../src/state.ts';
import { schema } from './stub.ts';

const [first, second] = schema.knobs.filter(({ type }) => type === 'integer');

/** A core that refuses whatever `wrong` says of a configuration. */
const core = (wrong: (config: Record<string, unknown>) => boolean) =>
  ({
    call: async (_: string, { config }: { config: Record<string, unknown> }) => ({
      problems: wrong(config) ? [{}] : [],
    }),
  }) as unknown as Client;

const set = (settings: Settings, name: string, value: number) => {
  const change = changeKnob(schema, settings, name, String(value));
  if ('refused' in change) throw new Error(change.refused);
  return change.settings;
};

describe('what was refused before', () => {
  const now = defaultSettings(schema);
  const other = Number(first.default) + 1;
  const changed = set(now, second.name, Number(second.default) + 1);
  const refused = new Refusals();
  refused.set(first.name, { text: String(other), message: 'needs the other one' });
  refused.set('preset', { text: '', message: 'is no knob' });

  it('goes along with the next change where the core takes both', async () => {
    const both = await refused.along(
      schema,
      changed,
      second.name,
      core(() => false),
    );
    expect(both.knobs).toEqual({ ...changed.knobs, [first.name]: other });
  });

  it('stays refused where it does not, and the change alone is tried', async () => {
    expect(
      await refused.along(
        schema,
        changed,
        second.name,
        core(() => true),
      ),
    ).toBe(changed);
  });

  it('is not tried against its own new value', async () => {
    const own = set(now, first.name, other + 1);
    expect(
      await refused.along(
        schema,
        own,
        first.name,
        core(() => false),
      ),
    ).toBe(own);
  });
});
