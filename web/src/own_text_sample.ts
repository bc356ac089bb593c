// A text to begin with, made up here: a log of call signs, each said again before its line is over. No sign comes twice in the whole log but by
// chance, so what follows one can only be found in the line itself.

const kLines = 2000;
/** Words of a line, and letters of a sign: at least, and how many more there may be. */
const kWords = 4;
const kLetters = [4, 4];

export function sampleText(): string {
  // The same for everybody: Lehmer's generator.
  let state = 12345;
  const below = (n: number): number => {
    state = (state * 48271) % 2147483647;
    return state % n;
  };
  const letter = () => String.fromCharCode(97 + below(26));
  const sign = () => Array.from({ length: kLetters[0] + below(kLetters[1]) }, letter).join('');
  const line = () => {
    const signs = [sign(), sign()];
    return `${Array.from({ length: kWords }, () => signs[below(2)]).join(' ')}.`;
  };
  return Array.from({ length: kLines }, line).join('\n');
}
