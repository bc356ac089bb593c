// The words of the header, and of the control beside a figure.
import { whole } from './format.ts';

export const headerStrings = {
  share: 'Share',
  tour: 'Tour',
  colours: 'Colours',
  theme: { auto: 'system', light: 'light', dark: 'dark' },
  part_failed: 'This part of the page could not be loaded; check the connection and try again.',
  offer: 'An offer',
  /** In one line, above the story. */
  offer_tour: 'New here? A tour of two minutes shows what to look at.',
  take_tour: 'Take the tour',
  no_tour: 'No, thanks',
  offer_last: (step: number, what: string) => `Go on with your last run (${what}, step ${whole(step)})?`,
  take_last: 'Go on',
  forget_last: 'Forget it',
  save_figure: (title: string) => `Save “${title}”`,
};
