import { useSearchParams } from 'wouter';

/** A study on the host's disk, and which version of its runs is meant. */
export interface StudyPlace {
  readonly bids: string;
  readonly index: {
    readonly layout?: string;
    readonly derivatives?: string[];
    readonly space?: string;
    readonly resolution?: string;
    readonly prefix?: string;
  };
}

const words = ['layout', 'space', 'resolution', 'prefix'] as const;

/** The study that is being brought in. It stands in the address, so that a reload comes back to it. */
export function useStudyPlace(): [place: StudyPlace | null, change: (place: StudyPlace) => void] {
  const [parameters, setParameters] = useSearchParams();
  const bids = parameters.get('study');
  const derivatives = parameters.getAll('derivatives');
  const index = Object.fromEntries(
    words.flatMap((name) => {
      const value = parameters.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
  const change = (place: StudyPlace) =>
    setParameters(() => {
      const next = new URLSearchParams({ study: place.bids });
      for (const name of words) {
        const value = place.index[name];
        if (value !== undefined) next.set(name, value);
      }
      for (const folder of place.index.derivatives ?? []) next.append('derivatives', folder);
      return next;
    });
  const place =
    bids === null
      ? null
      : { bids, index: { ...index, ...(derivatives.length === 0 ? {} : { derivatives }) } };
  return [place, change];
}
