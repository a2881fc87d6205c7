import { parse, View } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { type Config, compile, type TopLevelSpec } from 'vega-lite';

/** Okabe and Ito's colours: they stay apart for colour-blind readers (jfly.uni-koeln.de/color). */
const categories = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#f0e442'];

function themeOf(isDark: boolean): Config {
  const [text, line] = isDark ? ['#e6e7e9', '#4a4e55'] : ['#1b1d20', '#d4d6da'];
  const font = 'system-ui, "DejaVu Sans", sans-serif';
  return {
    background: 'transparent',
    font,
    axis: { labelColor: text, titleColor: text, gridColor: line, domainColor: line, tickColor: line },
    legend: { labelColor: text, titleColor: text },
    header: { labelColor: text, titleColor: text },
    title: { color: text, anchor: 'start' },
    view: { stroke: null },
    range: { category: categories },
    text: { color: text },
    rule: { color: text },
  };
}

/** A view of a Vega-Lite figure on a canvas inside `element`, as wide as it is. Run it to see it. */
export function createView(
  spec: TopLevelSpec,
  element: HTMLElement,
  { height, isDark }: { readonly height: number; readonly isDark: boolean },
): View {
  const size = {
    width: Math.max(80, element.clientWidth),
    height,
    autosize: { type: 'fit', contains: 'padding' },
  };
  const sized = { ...size, ...spec } as TopLevelSpec;
  const { spec: figure } = compile(sized, { config: themeOf(isDark) });
  return new View(parse(figure, undefined, { ast: true }), {
    expr: expressionInterpreter,
    renderer: 'canvas',
    container: element,
    hover: true,
  });
}
