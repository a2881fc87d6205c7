import { parse, resetSVGDefIds, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

const look = {
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

/** A chart as an SVG element to stand in a page. */
export async function chartSvg(spec: TopLevelSpec): Promise<string> {
  const { spec: vega } = compile({ ...spec, config: look } as TopLevelSpec);
  const view = new View(parse(vega), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
