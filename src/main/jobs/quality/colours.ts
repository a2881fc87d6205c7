/** Okabe and Ito's colours (2008), told apart by colour-blind readers too, on light and on dark pages. */
export const colours = {
  blue: '#0072B2',
  vermilion: '#D55E00',
  green: '#009E73',
  purple: '#CC79A7',
  orange: '#E69F00',
  sky: '#56B4E9',
} as const;
