import { useCallback, useState } from 'react';
import type { Point } from '../volume/bounds.ts';

/** Places that are remembered. */
const mostPlaces = 100;

/** Places that were looked at, to go back to and forth again. */
export function useHistory() {
  const [state, setState] = useState<{ places: readonly Point[]; at: number }>({ places: [], at: -1 });
  const visit = useCallback((place: Point) => {
    setState(({ places, at }) => {
      const last = places[at];
      if (last?.every((value, axis) => Math.abs(value - place[axis]) < 0.05)) return { places, at };
      const kept = [...places.slice(0, at + 1), place].slice(-mostPlaces);
      return { places: kept, at: kept.length - 1 };
    });
  }, []);
  const { places, at } = state;
  const go = (step: -1 | 1): Point | null => {
    const to = places[at + step];
    if (to === undefined) return null;
    setState({ places, at: at + step });
    return to;
  };
  return { visit, go, canBack: at > 0, canForward: at < places.length - 1 };
}
