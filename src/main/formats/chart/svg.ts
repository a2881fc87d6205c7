import { parse, resetSVGDefIds, View } from 'vega';
import { type Config, compile, type TopLevelSpec } from 'vega-lite';

const quiet: Config = {
  background: 'transparent',
  font: 'system-ui, sans-serif',
  axis: {
    labelColor: '#777',
    titleColor: '#777',
    gridColor: '#8883',
    domainColor: '#888',
    tickColor: '#888',
  },
  legend: { labelColor: '#777', titleColor: '#777' },
  title: { color: '#777' },
  view: { stroke: null },
};

/**
 * Numbers the charts' inner names from the beginning, so that the same page is the same bytes whatever was drawn before.
 * Not between charts of one page: two of them must not share a name.
 */
export function beginPageOfCharts(): void {
  resetSVGDefIds();
}

/** Large and in the colour of the page's own text, to be read from the back of a room in a light or a dark page. */
const projected: Config = {
  ...quiet,
  axis: {
    labelColor: 'currentColor',
    titleColor: 'currentColor',
    labelFontSize: 13,
    titleFontSize: 14,
    titleFontWeight: 'normal',
    gridColor: '#8883',
    domainColor: '#888',
    tickColor: '#888',
    // Names of models and regions are read whole.
    labelLimit: 0,
  },
  legend: {
    labelLimit: 0,
    labelColor: 'currentColor',
    titleColor: 'currentColor',
    labelFontSize: 13,
    titleFontSize: 14,
    titleFontWeight: 'normal',
  },
  text: { color: 'currentColor', fontSize: 13 },
  title: { color: 'currentColor', fontSize: 14, fontWeight: 'normal', anchor: 'start' },
  header: { labelColor: 'currentColor', titleColor: 'currentColor', labelFontSize: 14 },
};

/** For a file of its own: dark on white, in fonts that journals take. */
const printed: Config = {
  ...projected,
  background: 'white',
  font: 'Helvetica, Arial, sans-serif',
  axis: {
    ...projected.axis,
    labelColor: '#222',
    titleColor: '#222',
    gridColor: '#ddd',
    domainColor: '#444',
    tickColor: '#444',
  },
  legend: { ...projected.legend, labelColor: '#222', titleColor: '#222' },
  text: { ...projected.text, color: '#222' },
  title: { ...projected.title, color: '#222' },
  header: { ...projected.header, labelColor: '#222', titleColor: '#222' },
};

const looks = { quiet, projected, printed } as const;

/** A chart as an SVG element to stand in a page. */
export async function chartSvg(spec: TopLevelSpec, look: keyof typeof looks = 'quiet'): Promise<string> {
  const { spec: vega } = compile({ ...spec, config: looks[look] } as TopLevelSpec);
  const view = new View(parse(vega), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
