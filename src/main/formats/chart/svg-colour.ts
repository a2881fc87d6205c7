export interface SvgColour {
  /** Red, green, blue, 0..255. */
  readonly rgb: readonly [number, number, number];
  /** 0 (transparent) .. 1 (opaque) */
  readonly alpha: number;
}

/** The few names that charts here use; every other colour is written in hexadecimal or as rgb(). */
const named: Readonly<Record<string, string>> = {
  black: '#000000',
  white: '#ffffff',
  gray: '#808080',
  grey: '#808080',
  red: '#ff0000',
  currentcolor: '#000000',
};

/** A colour as SVG writes it; null for `none`, `transparent` and what draws nothing. */
export function parseSvgColour(text: string): SvgColour | null {
  const given = text.trim().toLowerCase();
  const value = named[given] ?? given;
  const hex = /^#([0-9a-f]{3,8})$/.exec(value)?.[1];
  if (hex !== undefined) return fromHex(hex);
  const parts = /^rgba?\(([^)]+)\)$/
    .exec(value)?.[1]
    .split(/[\s,/]+/)
    .filter((part) => part !== '');
  if (parts === undefined || parts.length < 3) return null;
  const [red, green, blue] = parts.map(Number);
  const alpha = parts.length > 3 ? Number(parts[3]) : 1;
  return alpha === 0 ? null : { rgb: [red, green, blue], alpha };
}

/** `rgb`, `rgba`, `rrggbb` or `rrggbbaa`. */
function fromHex(digits: string): SvgColour | null {
  const pairs = digits.length <= 4 ? [...digits].map((digit) => digit + digit) : (digits.match(/../g) ?? []);
  const [red = 0, green = 0, blue = 0, alpha = 255] = pairs.map((pair) => Number.parseInt(pair, 16));
  return alpha === 0 ? null : { rgb: [red, green, blue], alpha: alpha / 255 };
}
