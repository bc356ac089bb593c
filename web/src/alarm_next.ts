// What a reader may try next about a shortcut alarm: one click each.
import type { Alarm, Config } from '@core/loader.mjs';
import { headName } from './format.ts';
import { strings } from './strings.ts';

export type Next =
  | { do: 'knob'; name: string; value: string; words: string }
  | { do: 'look' | 'ablate'; heads: string[]; words: string };

/** `team`: heads with the role of induction. null: there is nothing to try here. */
export function nextClick(alarm: Alarm, config: Config, team: readonly string[]): Next | null {
  const { alarm_next: words } = strings;
  const head = alarm.layer === null || alarm.head === null ? null : headName(alarm.layer, alarm.head);
  const ablate = (heads: readonly string[]): Next | null => {
    if (heads.length === 0) return null;
    return {
      do: 'ablate',
      heads: [...heads],
      words: heads.length > 1 ? words.team(heads.length) : words.ablate(heads[0]),
    };
  };
  switch (alarm.alarm) {
    case 'position_only':
      return varied(config) ?? (head ? { do: 'look', heads: [head], words: words.look(head) } : ablate(team));
    case 'first_token_sink':
      return ablate(head ? [head] : team);
    case 'harmless':
      return ablate(team.length > 1 || !head ? team : [head]);
    case 'fading': {
      const lr = Number((Number(config.lr) / 3).toPrecision(2));
      return { do: 'knob', name: 'lr', value: String(lr), words: words.slower(lr) };
    }
  }
}

/** Periods that a ruler does not fit; null where the task has none. */
function varied(config: Config): Next | null {
  const { alarm_next: words } = strings;
  if (config.task === 'repeat_fixed') return { do: 'knob', name: 'task', value: 'repeat', words: words.vary };
  if (config.task !== 'repeat') return null;
  if (Number(config.periods) > 0) return { do: 'knob', name: 'periods', value: '0', words: words.fewer };
  const shortest = Math.floor(Number(config.period_min) / 2);
  return shortest < 1 ? null : { do: 'knob', name: 'period_min', value: String(shortest), words: words.fewer };
}
