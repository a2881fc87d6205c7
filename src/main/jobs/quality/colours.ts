/** Okabe and Ito's colours (2008), told apart by colour-blind readers too, on light and on dark pages. */
export const colours = {
  /** A little lighter than theirs, to be seen as a line on dark pages. */
  blue: '#2F8FD0',
  vermilion: '#D55E00',
  green: '#009E73',
  purple: '#CC79A7',
  orange: '#E69F00',
  sky: '#56B4E9',
} as const;
