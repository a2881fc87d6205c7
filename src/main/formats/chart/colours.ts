import { scheme } from 'vega';

/**
 * Viridis as 256 colours, [256, 3]: its lightness grows evenly, so that it reads the same in grey and to colour-blind
 * readers (van der Walt & Smith 2015).
 */
export function viridisColours(): Uint8Array {
  const colourAt = scheme('viridis') as unknown as (share: number) => string;
  const colours = new Uint8Array(256 * 3);
  for (let step = 0; step < 256; step += 1) colours.set(parseColour(colourAt(step / 255)), step * 3);
  return colours;
}

function parseColour(text: string): number[] {
  const hex = /^#(..)(..)(..)$/.exec(text);
  if (hex) return hex.slice(1).map((pair) => Number.parseInt(pair, 16));
  return (text.match(/\d+/g) ?? []).slice(0, 3).map(Number);
}
