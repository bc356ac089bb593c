// Colours of cells: the page's ramp of the viridis family, whose lightness alone tells the order, for eyes that see colours differently.
import { attentionPalette, type Rgb } from '../charts/palette.ts';

/** Above the background, so that the least value is told from an empty cell. */
const kLeast = 0.08;

export interface Ink {
  background: string;
  text: string;
}

function channels(packed: number): Rgb {
  return [packed & 255, (packed >> 8) & 255, (packed >> 16) & 255];
}

/** WCAG 2's relative luminance. */
function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((level) => {
    const c = level / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** `share` from 0 to 1: how much induction; the text is black or white, whichever has more contrast. */
export function inkOf(share: number, background: Rgb, dark: boolean): Ink {
  const palette = attentionPalette(background, dark);
  const at = Math.round((kLeast + (1 - kLeast) * Math.min(1, Math.max(0, share))) * 255);
  const rgb = channels(palette[at]);
  const light = luminance(rgb);
  return { background: `rgb(${rgb.join(' ')})`, text: 1.05 / (light + 0.05) > (light + 0.05) / 0.05 ? '#fff' : '#000' };
}
