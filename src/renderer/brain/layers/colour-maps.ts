/** Colours of a map at even steps, from its lowest value to its highest; matplotlib's, which are perceptually even. */
const stops: Readonly<Record<string, string>> = {
  grey: '000000ffffff',
  inferno: '0000040d08291b0c41390963550f6d701f6c892569a32c61bb3754cf4446e05d34ee7921f6991af9b931f5db4cfcffa4',
  viridis: '44015447177146307e3e4989365c8d2e6d8e277e8e218e8d1f9e892bb07f46c06f6ccd5a93d741c5e021fde725',
  magma: '00000407071b17103c30126b4a10755f187f782281932b80ab337cc5406ddb5469ee6c5cf8945efbb878fcdb97fcfdbf',
  cividis: '00224e0a32702a3f6d434e6c575c6d6b6b717a7a778b8a789b9a72ada968bfba5ad2cb47e6dd31fee838',
  RdBu_r: '0530611a4d852f78b54793c373b2d4a7d0e4cfe4eff7f7f7fcdeccf9c0a2ee9677db6b55c5413fa6142f67001f',
  PuOr_r: '2d004b4a2377614d99857ab2aca4cbcfcbe2e6e7f0f7f7f7fbe6c7fdcb8af3ae5fde8524bf610fa04c067f3b08',
  coolwarm: '3b4cc0516ddb688aef80a3fa98b9ffb0cbfcc7d7f0dddcdcedd0c1f6bda2f7a889f08f70e16f58cd4a40b40426',
};

export type ColourMapName =
  | 'grey'
  | 'inferno'
  | 'viridis'
  | 'magma'
  | 'cividis'
  | 'RdBu_r'
  | 'PuOr_r'
  | 'coolwarm';
export const signedMaps: readonly ColourMapName[] = ['RdBu_r', 'PuOr_r', 'coolwarm'];
export const colourMapNames: readonly ColourMapName[] = [
  'RdBu_r',
  'PuOr_r',
  'coolwarm',
  'inferno',
  'viridis',
  'magma',
  'cividis',
  'grey',
];

export const tableSize = 256;
const tables = new Map<ColourMapName, Uint8Array>();

/** 256 colours of a map, [256, 3] red, green, blue. */
export function colourTable(name: ColourMapName): Uint8Array {
  const kept = tables.get(name);
  if (kept !== undefined) return kept;
  const text = stops[name];
  const colours = Array.from({ length: text.length / 6 }, (_, at) =>
    [0, 2, 4].map((channel) => Number.parseInt(text.slice(6 * at + channel, 6 * at + channel + 2), 16)),
  );
  const table = new Uint8Array(3 * tableSize);
  for (let at = 0; at < tableSize; at += 1) {
    const place = (at / (tableSize - 1)) * (colours.length - 1);
    const lower = Math.min(Math.floor(place), colours.length - 2);
    for (let channel = 0; channel < 3; channel += 1) {
      const [a, b] = [colours[lower][channel], colours[lower + 1][channel]];
      table[3 * at + channel] = Math.round(a + (place - lower) * (b - a));
    }
  }
  tables.set(name, table);
  return table;
}

/** Okabe and Ito's colours first, for few regions; then hues by the golden angle, so that neighbours differ. */
const categories = [0x56b4e9, 0xe69f00, 0x009e73, 0xcc79a7, 0xf0e442, 0x0072b2, 0xd55e00];

/** The colour of a label's value, 0..255 each. */
export function labelColour(value: number): [number, number, number] {
  const index = Math.max(0, Math.round(value) - 1);
  const known = categories[index];
  if (known !== undefined) return [known >> 16, (known >> 8) & 255, known & 255];
  const hue = (index * 137.508) % 360;
  const light = [0.62, 0.5, 0.72][index % 3];
  const chroma = 0.6 * (1 - Math.abs(2 * light - 1));
  const part = (shift: number): number => {
    const at = (shift + hue / 30) % 12;
    return Math.round(255 * (light - chroma * Math.max(-1, Math.min(at - 3, 9 - at, 1))));
  };
  return [part(0), part(8), part(4)];
}
