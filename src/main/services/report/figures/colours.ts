/** Okabe and Ito's colours, told apart by colour-blind readers too, and dark enough on white and light enough on black. */
const palette = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#7F7F7F', '#9A6A3A'];

/** Shapes beside colours, so that a chart printed in grey can be read. */
const shapes = [
  'circle',
  'square',
  'triangle-up',
  'diamond',
  'cross',
  'triangle-down',
  'triangle-right',
  'triangle-left',
];

/** Scales of colour and shape for names, always the same for the same place in the list. */
export function nameScales(names: readonly string[]) {
  const pick = (from: readonly string[]) => names.map((_, at) => from[at % from.length]);
  return {
    color: { domain: [...names], range: pick(palette) },
    shape: { domain: [...names], range: pick(shapes) },
  };
}
