import { useEffect, useRef, useState } from 'react';

export interface DecodeRequest {
  readonly project: string;
  /** Hash of the model's artefact. */
  readonly artifact: string;
  /** Codes, each of the model's latents. */
  readonly codes: readonly (readonly number[])[];
  /** Pictures in a row; default all. */
  readonly columns?: number;
}

/**
 * A picture of codes by a model, side by side without gaps, as PNG; null where a newer request of the same place took
 * its turn.
 *
 * @param place what shows it: of several requests that wait, only the newest is computed.
 */
export async function decodeCodes(
  { project, artifact, codes, columns = codes.length }: DecodeRequest,
  place: string,
): Promise<Blob | null> {
  const query = new URLSearchParams({ columns: String(columns), place });
  const response = await fetch(`/data/${project}/decode/${artifact}?${query}`, {
    method: 'POST',
    body: Float32Array.from(codes.flat()),
  });
  if (response.status === 409) return null;
  if (!response.ok) throw new Error((await response.text()).trim());
  return response.blob();
}

export interface DecodedPicture {
  /** Address of the newest picture, while this component stands; null until there is one. */
  readonly src: string | null;
  /** Whether a newer picture is on its way. */
  readonly isPending: boolean;
  readonly error: unknown;
}

let places = 0;

/**
 * The picture of codes as they change, such as under a slider. One request is under way at a time and the newest
 * waits: what was asked for in between is never computed.
 *
 * @param request keep it the same object while nothing in it changed; null: nothing is shown.
 */
export function useDecoded(request: DecodeRequest | null): DecodedPicture {
  const [place] = useState(() => `view-${Date.now()}-${places++}`);
  const [picture, setPicture] = useState<DecodedPicture>({ src: null, isPending: false, error: null });
  const wanted = useRef<DecodeRequest | null>(null);
  const busy = useRef(false);
  const shown = useRef<string | null>(null);
  useEffect(() => {
    wanted.current = request;
    const next = async (): Promise<void> => {
      const now = wanted.current;
      if (busy.current || now === null) return;
      wanted.current = null;
      busy.current = true;
      setPicture((before) => ({ ...before, isPending: true }));
      try {
        const blob = await decodeCodes(now, place);
        if (blob !== null) {
          const src = URL.createObjectURL(blob);
          if (shown.current !== null) URL.revokeObjectURL(shown.current);
          shown.current = src;
          setPicture({ src, isPending: wanted.current !== null, error: null });
        }
      } catch (error) {
        setPicture((before) => ({ ...before, isPending: false, error }));
      }
      busy.current = false;
      return next();
    };
    if (request === null) setPicture({ src: null, isPending: false, error: null });
    else void next();
  }, [request, place]);
  useEffect(
    () => () => {
      wanted.current = null;
      if (shown.current !== null) URL.revokeObjectURL(shown.current);
    },
    [],
  );
  return picture;
}
