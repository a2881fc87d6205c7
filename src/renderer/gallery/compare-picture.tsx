import { type PointerEvent, useEffect, useState } from 'react';

export interface CompareProps {
  /** Addresses of the picture and of the original; null where there is none. */
  readonly picture: string | null;
  readonly original: string | null;
  readonly alt: string;
  /** Pixels of a side on the screen. */
  readonly size: number;
  /** Whether the keyboard is on this picture. */
  readonly isFocused: boolean;
  /** Share of the width, from the left, that shows the original while the keyboard is on it; null: none. */
  readonly wipe: number | null;
  /** Whether the picture and the original take turns. */
  readonly isBlinking: boolean;
}

/** How long each of the two is shown while they blink. */
const blinkMs = 600;

/** A decoded picture that lets the original be wiped over it under the pointer, and blinks with it. */
export function ComparePicture({ picture, original, alt, size, isFocused, wipe, isBlinking }: CompareProps) {
  const [pointer, setPointer] = useState<number | null>(null);
  const turn = useBlink(isBlinking && (isFocused || pointer !== null) && original !== null);
  const share = turn === null ? (pointer ?? (isFocused ? wipe : null)) : turn;
  const follow = (event: PointerEvent<HTMLElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setPointer(Math.min(1, Math.max(0, (event.clientX - left) / width)));
  };
  return (
    <span
      className="compare"
      style={{ width: size, height: size }}
      onPointerMove={follow}
      onPointerLeave={() => setPointer(null)}
    >
      <GalleryPicture picture={picture} alt={alt} size={size} />
      {share !== null && original !== null && picture !== null && (
        <>
          <img
            className="compare-over"
            src={original}
            alt=""
            width={size}
            height={size}
            style={{ clipPath: `inset(0 ${100 * (1 - share)}% 0 0)` }}
          />
          {turn === null && <span className="compare-line" style={{ left: `${100 * share}%` }} />}
        </>
      )}
    </span>
  );
}

/** A picture on black, or a word where there is none. */
export function GalleryPicture({ picture, alt, size }: Pick<CompareProps, 'picture' | 'alt' | 'size'>) {
  const [failed, setFailed] = useState<string | null>(null);
  if (picture === null || failed === picture) {
    return (
      <span className="no-picture" style={{ width: size, height: size }}>
        n/a
      </span>
    );
  }
  return (
    <img
      src={picture}
      alt={alt}
      width={size}
      height={size}
      decoding="async"
      draggable={false}
      onError={() => setFailed(picture)}
    />
  );
}

/** 1 while the original is shown, 0 while it is not; null while nothing blinks. Where the system asks for less motion they change at each press alone. */
function useBlink(isOn: boolean): number | null {
  const [turn, setTurn] = useState(1);
  useEffect(() => {
    setTurn(1);
    if (!isOn || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const timer = setInterval(() => setTurn((before) => 1 - before), blinkMs);
    return () => clearInterval(timer);
  }, [isOn]);
  return isOn ? turn : null;
}
