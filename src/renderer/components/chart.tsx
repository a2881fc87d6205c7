import { useEffect, useRef, useState } from 'react';
import type { View } from 'vega';
import type { TopLevelSpec } from 'vega-lite';
import { ProblemView } from './problem-view.tsx';

export interface ChartProps {
  /** A Vega-Lite figure without size, background and theme. Keep it the same object while nothing in it changed. */
  readonly spec: TopLevelSpec;
  /** What is to be seen, for those who do not see it. */
  readonly label: string;
  /** Pixels. The width is that of the place. */
  readonly height?: number;
  /** The row under the pointer when it was pressed. */
  readonly onPick?: (datum: Readonly<Record<string, unknown>>) => void;
}

/** A figure, drawn by Vega in the colours of the theme. Expressions are interpreted: the policy allows no compilation. */
export function Chart({ spec, label, height = 240, onPick }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const [error, setError] = useState<unknown>(null);
  const isDark = useIsDark();
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    let view: View | null = null;
    let isGone = false;
    const draw = async () => {
      const { createView } = await import('./vega-view.ts');
      const drawn = createView(spec, element, { height, isDark });
      if (isGone) return void drawn.finalize();
      view = drawn;
      if (onPick)
        view.addEventListener('click', (_event, item) => {
          if (item?.datum) onPick(item.datum as Readonly<Record<string, unknown>>);
        });
      await view.runAsync();
    };
    draw().then(
      () => setError(null),
      (fault: unknown) => setError(fault),
    );
    const observer = new ResizeObserver(() => {
      if (view !== null) void view.width(widthOf(element)).runAsync();
    });
    observer.observe(element);
    return () => {
      isGone = true;
      observer.disconnect();
      view?.finalize();
    };
  }, [spec, height, isDark, onPick]);
  return (
    <figure className="chart" aria-label={label}>
      {error !== null && <ProblemView error={error} />}
      <div ref={place} />
    </figure>
  );
}

const widthOf = (element: HTMLElement) => Math.max(80, element.clientWidth);

const darkScheme = matchMedia('(prefers-color-scheme: dark)');

/** Whether the system's theme is dark now. */
export function useIsDark(): boolean {
  const [isDark, setDark] = useState(darkScheme.matches);
  useEffect(() => {
    const told = () => setDark(darkScheme.matches);
    darkScheme.addEventListener('change', told);
    return () => darkScheme.removeEventListener('change', told);
  }, []);
  return isDark;
}
