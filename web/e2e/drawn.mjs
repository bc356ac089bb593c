// Random valid configurations, drawn from the core's list of knobs: a new knob is drawn as soon as it is there. tests/support/drawn.hpp
// does the same for the native tests.
// Model and batch stay small, and initial weights at most of the usual size: larger ones make scores of 1e5, which single precision
// cannot compare.
const kLargest = {
  n_layers: 3,
  n_heads: 4,
  d_model: 40,
  d_head: 20,
  d_mlp: 40,
  d_vocab: 40,
  n_ctx: 40,
  batch: 9,
  init_scale: 1,
};
const kOwnData = ['tokens', 'text'];
const kPatience = 200;

/** In [0, 1), the same for the same number: mulberry32. */
function random(number) {
  let state = number;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Its default, an end of its range, or anything between. */
function drawnNumber(knob, share) {
  const low = knob.slider_log ? knob.slider_min : knob.min;
  const high = Math.max(low, kLargest[knob.name] ?? knob.slider_max);
  const kind = Math.floor(8 * share());
  if (kind < 2) return kind === 0 ? low : high;
  if (kind < 4) return Math.min(high, Math.max(low, knob.default));
  if (knob.type === 'integer') return low + Math.floor((high - low + 1) * share());
  return knob.slider_log ? low * (high / low) ** share() : low + (high - low) * share();
}

function drawnValue(knob, share) {
  if (knob.type === 'boolean') return share() < 0.25;
  if (knob.type !== 'choice') return drawnNumber(knob, share);
  const options = knob.options.filter((option) => !kOwnData.includes(option));
  return options[Math.floor(options.length * share())];
}

/** The same configuration for the same number, without problems; a knob that a problem names is drawn anew. */
export function drawnConfig(core, number) {
  const share = random(number);
  const { knobs } = core.schema;
  for (;;) {
    const config = Object.fromEntries(knobs.map((knob) => [knob.name, drawnValue(knob, share)]));
    for (let i = 0; i < kPatience; i++) {
      const problems = core.problems(config);
      if (problems.length === 0) return config;
      for (const { knob: name } of problems)
        config[name] = drawnValue(
          knobs.find((knob) => knob.name === name),
          share,
        );
    }
  }
}
