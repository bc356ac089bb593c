// Beside the headings of the sections: what one finds there.

export const hints = {
  circuits: 'what it looks for, what it writes, what makes a prediction',
  patching: 'which part of the model makes the difference',
  many: 'does the circuit form with every seed, and when',
  pair: 'what one setting changes',
  experiments: 'from the literature, with a verdict by the numbers',
};
