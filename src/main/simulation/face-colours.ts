import type { FaceParameters } from './faces.ts';

/** A colour in OKLab: lightness 0..1, a (green to red) and b (blue to yellow) about -0.3..0.3. */
export interface Colour {
  readonly lightness: number;
  readonly a: number;
  readonly b: number;
}

export function colour(lightness: number, a: number, b: number): Colour {
  return { lightness, a, b };
}

export function mix(from: Colour, to: Colour, share: number): Colour {
  return colour(
    from.lightness + (to.lightness - from.lightness) * share,
    from.a + (to.a - from.a) * share,
    from.b + (to.b - from.b) * share,
  );
}

/** Lighter (positive) or darker by `amount` of lightness; the hue stays. */
export function shade(base: Colour, amount: number): Colour {
  return colour(Math.min(0.99, Math.max(0.04, base.lightness + amount)), base.a, base.b);
}

/** The sRGB hexadecimal notation. Conversion: B. Ottosson, "A perceptual color space for image processing" (2020). */
export function hex({ lightness, a, b }: Colour): string {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  const byte = (value: number) => {
    const clipped = Math.min(1, Math.max(0, value));
    const encoded = clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055;
    return Math.round(255 * encoded)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${linear.map(byte).join('')}`;
}

/** Every colour that a portrait needs, made of the face's traits. */
export interface Palette {
  readonly skin: Colour;
  readonly hair: Colour;
  readonly brow: Colour;
  readonly iris: Colour;
  readonly lips: Colour;
  readonly background: Colour;
  readonly clothing: Colour;
}

/** -1..1 to 0..1. */
const share = (trait: number) => (trait + 1) / 2;

export function palette(face: FaceParameters): Palette {
  const tone = share(face.skinTone);
  const skin = colour(
    0.89 - 0.42 * tone,
    0.037 + 0.02 * Math.sin(Math.PI * tone) - 0.014 * face.skinWarmth,
    0.038 + 0.034 * Math.sin(Math.PI * tone) + 0.016 * face.skinWarmth,
  );
  const light = share(face.hairLightness);
  const red = share(face.hairRedness);
  const hair = colour(
    0.2 + 0.6 * light ** 1.25,
    0.008 + 0.1 * red * Math.sin(Math.PI * (0.12 + 0.76 * light)),
    0.008 + 0.1 * Math.sin((Math.PI / 2) * light) * (0.45 + 0.55 * red),
  );
  const blue = share(face.eyeColour);
  const full = share(face.lips);
  return {
    skin,
    hair,
    brow: mix(shade(hair, -0.1), colour(0.28, 0.02, 0.03), 0.45),
    iris: colour(0.36 + 0.26 * blue, 0.05 - 0.085 * blue, 0.06 - 0.15 * blue),
    lips: mix(shade(mix(skin, colour(0.6, 0.12, 0.04), 0.35), -0.05), colour(0.5, 0.2, 0.07), 0.9 * full),
    background: colour(
      0.66 + 0.15 * face.backgroundLightness,
      0.065 * face.backgroundTint,
      0.08 * face.backgroundWarmth,
    ),
    clothing: colour(0.52 + 0.28 * face.clothing, 0.02 + 0.075 * face.clothing, 0.01 + 0.08 * face.clothing),
  };
}
