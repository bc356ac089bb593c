// Words of the section about one head. Loaded with it.
import { percent, three } from './format.ts';

export const circuitStrings = {
  intro: (head: string, role: string) =>
    `Head ${head}${role === '' ? ', which has no role yet' : `, by its role: ${role}`}. Choose another one in the grid above; the figures follow the training, the head and the token.`,
  measuring: 'Being measured.',
  refused: (why: string) => `This could not be measured: ${why}`,
  not_defined: (reason: string) => `Not defined here: ${reason}.`,

  // The maps
  ov_title: 'What it writes (OV)',
  ov_help: 'Row: the token it attends to. Column: the token whose logit that moves, in nats.',
  qk_title: 'What it looks for (QK)',
  qk_help: 'Row: the token that looks. Column: the token looked at. The part of the score that the two tokens give.',
  through_title: (head: string) => `What it looks for, through head ${head}`,
  through_help: (head: string) =>
    `Row: the token that looks. Column: the token that head ${head} saw there. The part of the score that comes through head ${head}.`,
  expects: {
    induction: {
      ov: 'An induction head copies: expect a bright diagonal.',
      qk: 'An induction head does not look for its own token but for what followed it, so expect no diagonal here.',
      through: 'An induction head looks where its own token stood just before: expect a bright diagonal here.',
    },
    'previous token': {
      ov: 'A previous-token head only passes the token on to later layers: expect little that is orderly here.',
      qk: 'A previous-token head goes by position, not by token: expect faint rows and columns only.',
      through: '',
    },
    'duplicate token': {
      ov: 'A duplicate-token head says that its token stood here before: expect a diagonal of either sign.',
      qk: 'A duplicate-token head looks for its own token: expect a bright diagonal.',
      through: '',
    },
    'first token': {
      ov: 'A head that rests on the first token writes little: expect a pale map.',
      qk: 'A head that rests on the first token goes by position: expect a pale map.',
      through: '',
    },
    'none yet': {
      ov: 'A bright diagonal would say that the head copies what it looks at; noise says that it has learned nothing yet.',
      qk: 'A bright diagonal would say that the head looks for its own token.',
      through: 'A bright diagonal would say that the head looks where its own token stood just before.',
    },
  },
  diagonal: (share: number, margin: number, chance: number) =>
    `The diagonal is the largest entry in ${percent(share)} of the rows (by chance ${percent(chance)}), and ${three(margin)} above the rest on average.`,
  cell: (row: string, column: string, value: number) => `${row}, ${column}: ${value > 0 ? '+' : ''}${three(value)}`,
  cell_help: 'Point at a cell, or move with the arrow keys.',
  map: (title: string, size: number) => `${title}: ${size} by ${size} tokens, arrow keys move`,

  // Eigenvalues
  eigen_title: 'Does it copy? Eigenvalues of OV',
  eigen_score: (score: number) =>
    `Copying score ${three(score)}: the eigenvalues’ sum over the sum of their sizes; 1 raises what it attends to, −1 lowers it, a random head gets about 0.`,
  eigen_caption: (head: string, score: number) => `Head ${head}, copying score ${three(score)}`,
  eigen_help: 'Horizontal: real part. Vertical: imaginary part. To the right: copying.',
  eigen_list: 'Eigenvalues, real and imaginary part',

  // Entropy
  entropy_title: 'How broadly it looks',
  entropy_of: (head: string) => `How broadly head ${head} looks: attention entropy`,
  step_axis: 'training step',
  entropy_help: (now: number, even: number) =>
    `Attention entropy now ${three(now)} nats, mean over held-out positions; even attention has ${three(even)}.`,
  entropy_values: 'Attention entropy in nats at selected steps',

  // Attribution
  logit_title: (label: string, position: number) => `What makes the prediction after “${label}” at ${position}`,
  logit_help:
    'Nats that each path adds to a token’s logit over the mean of all tokens. They add up exactly to the last row.',
  whole_help: (reason: string) =>
    `Heads are given as wholes, not by path: ${reason}. What each adds is read with the final norm’s scale, if there is one, at its present value; the rows still add up.`,
  right: (label: string) => `true next “${label}”`,
  top: (label: string) => `expected “${label}”`,
  right_and_top: (label: string) => `“${label}”, true and expected`,
  part: {
    embedding: 'the token itself',
    longer: 'three heads or more',
    norm_bias: 'the norm’s bias',
    mlp: (layer: number) => `MLP of layer ${layer}`,
    head: (head: string) => `head ${head}`,
    pair: (from: string, to: string) => `${from}, moved on by ${to}`,
    rest: (n: number) => `${n} smaller ones together`,
    total: 'the model',
  },
  induction_path: 'induction path',
  composed: (from: string, to: string, now: number, without: number, label: string) =>
    `Induction path: embedding → ${to} → logits, with ${to} looking where ${from} tells its keys to. In all ${to} adds ${three(now)} to “${label}”; if its keys did not hear ${from} it would add ${three(without)}.`,
  column: 'path',
};
