import { type Colour, colour, hex, mix, type Palette, palette, shade } from './face-colours.ts';
import type { FaceParameters } from './faces.ts';

/** Where things are, in a frame of 100 x 100 units, y downwards. */
interface Geometry {
  readonly face: FaceParameters;
  /** Centre line of the skull, and of the chin, which a turned head carries further to the side. */
  readonly centre: number;
  readonly chinCentre: number;
  readonly top: number;
  readonly chin: number;
  readonly height: number;
  /** Half the width at the cheeks. */
  readonly half: number;
  readonly eyeLine: number;
  /** Turns a position across the face (-1 left cheek .. 1 right cheek) into x, on a turned cylinder. */
  readonly across: (u: number) => number;
  /** Foreshortening there. */
  readonly squeeze: (u: number) => number;
}

const between = (low: number, high: number, trait: number) => low + ((high - low) * (trait + 1)) / 2;
const n = (value: number) => (Math.round(value * 100) / 100).toString();
/** Points to the text of a path: `path('M', x, y, 'C', ...)`. */
const path = (...parts: (string | number)[]) =>
  parts.map((part) => (typeof part === 'number' ? n(part) : part)).join(' ');

function geometry(face: FaceParameters): Geometry {
  const half = between(16.5, 21.5, face.faceWidth);
  const height = between(45, 53, face.faceLength);
  const top = between(22, 26.5, face.headHeight) - (height - 49) / 3;
  const yaw = 0.28 * face.headTurn;
  const centre = 50 + 2.2 * face.headTurn;
  const bend = 1.15;
  return {
    face,
    centre,
    chinCentre: centre + half * 0.55 * Math.sin(yaw),
    top,
    chin: top + height,
    height,
    half,
    eyeLine: top + 0.5 * height,
    across: (u) => centre + (half * Math.sin(bend * u + yaw)) / Math.sin(bend),
    squeeze: (u) => Math.cos(bend * u + yaw) / Math.cos(bend * u),
  };
}

function headOutline(g: Geometry): string {
  const { centre, chinCentre, top, chin, height, half, face } = g;
  const jaw = half * between(0.66, 0.92, face.jaw);
  const chinHalf = half * between(0.16, 0.46, face.jaw);
  const cheek = top + 0.5 * height;
  const corner = top + between(0.76, 0.81, face.jaw) * height;
  const jawCentre = (centre + chinCentre) / 2;
  const side = (sign: 1 | -1) => ({
    skull: centre + sign * half * 0.7,
    cheek: centre + sign * half,
    jaw: jawCentre + sign * jaw,
    bulge: jawCentre + sign * (jaw + half) * 0.52,
    under: chinCentre + sign * (chinHalf + (jaw - chinHalf) * 0.45),
    chin: chinCentre + sign * chinHalf,
  });
  const right = side(1);
  const left = side(-1);
  const low = corner + (chin - corner) * 0.72;
  return path(
    ...['M', centre, top, 'C', right.skull, top, right.cheek, top + 0.2 * height, right.cheek, cheek],
    ...['C', right.cheek, cheek + 0.14 * height, right.bulge, corner - 0.1 * height, right.jaw, corner],
    ...['C', right.jaw - (right.jaw - right.under) * 0.45, low, right.under, chin - 0.4, right.chin, chin],
    ...['Q', chinCentre, chin + 0.9, left.chin, chin],
    ...['C', left.under, chin - 0.4, left.jaw - (left.jaw - left.under) * 0.45, low, left.jaw, corner],
    ...['C', left.bulge, corner - 0.1 * height, left.cheek, cheek + 0.14 * height, left.cheek, cheek],
    ...['C', left.cheek, top + 0.2 * height, left.skull, top, centre, top, 'Z'],
  );
}

function hairBehind(g: Geometry): string {
  const { centre, top, half, height, face } = g;
  const volume = between(1.2, 6.5, face.hairVolume);
  const end = between(top + 0.5 * height, 99, face.hairLength);
  const wide = half + volume;
  const ends = wide * between(0.86, 1.02, face.hairLength);
  const crown = top - 2.2 - volume * 0.7;
  const middle = (top + end) / 2;
  return path(
    ...['M', centre, crown, 'C', centre + wide * 0.85, crown, centre + wide + 0.6, top + 8],
    ...[
      centre + wide,
      middle,
      'C',
      centre + wide,
      middle + 6,
      centre + ends + 3,
      end - 4,
      centre + 0.72 * ends,
      end,
    ],
    ...['Q', centre, end + 3, centre - 0.72 * ends, end],
    ...['C', centre - ends - 3, end - 4, centre - wide, middle + 6, centre - wide, middle],
    ...['C', centre - wide - 0.6, top + 8, centre - wide * 0.85, crown, centre, crown, 'Z'],
  );
}

function hairInFront(g: Geometry): string {
  const { centre, top, half, height, face } = g;
  const volume = between(1.2, 6.5, face.hairVolume);
  const wide = half + 0.45 * volume + 0.5;
  const crown = top - 2 - volume * 0.7;
  const side = between(top + 0.44 * height, top + 0.62 * height, face.hairLength);
  const line = top + between(0.06, 0.27, face.fringe) * height;
  const temple = line + 0.11 * height;
  const inner = half * between(0.93, 0.84, face.hairLength);
  const part = centre + 0.62 * half * face.parting;
  const dip = 0.07 * height * face.parting;
  return path(
    ...['M', centre - wide, side, 'C', centre - wide - 1, top + 6, centre - wide * 0.8, crown, centre, crown],
    ...['C', centre + wide * 0.8, crown, centre + wide + 1, top + 6, centre + wide, side],
    ...['Q', centre + inner, side - 2, centre + inner, temple + 3 - dip],
    ...['C', centre + inner * 0.92, line + 2 - dip, part + half * 0.3, line + 1.5 - dip, part, line - 1.2],
    ...['C', part - half * 0.3, line + 1.5 + dip, centre - inner * 0.92, line + 2 + dip],
    ...[centre - inner, temple + 3 + dip, 'Q', centre - inner, side - 2, centre - wide, side, 'Z'],
  );
}

function gradient(id: string, from: Colour, to: Colour, box: string): string {
  return `<linearGradient id="${id}" ${box}><stop offset="0" stop-color="${hex(from)}"/><stop offset="1" stop-color="${hex(to)}"/></linearGradient>`;
}

const downwards = 'x1="0" y1="0" x2="0" y2="1"';

function definitions(g: Geometry, colours: Palette): string {
  const light = g.face.lightDirection;
  const bright = Math.abs(light) * 0.12;
  const skinLeft = shade(colours.skin, 0.035 - 0.1 * light);
  const skinRight = shade(colours.skin, 0.035 + 0.1 * light);
  const sideways = 'x1="0" y1="0.35" x2="1" y2="0.65"';
  return [
    '<defs>',
    gradient(
      'background',
      shade(colours.background, 0.07 - 0.09 * light),
      shade(colours.background, -0.05 + 0.09 * light),
      'x1="0" y1="0" x2="1" y2="0.6"',
    ),
    gradient('skin', skinLeft, skinRight, sideways),
    gradient(
      'hair',
      shade(colours.hair, 0.05 - 0.06 * light),
      shade(colours.hair, 0.02 + 0.06 * light),
      sideways,
    ),
    gradient('hairBack', shade(colours.hair, -0.04), shade(colours.hair, -0.09), downwards),
    gradient('cloth', shade(colours.clothing, 0.06), shade(colours.clothing, -0.1), downwards),
    `<radialGradient id="blush"><stop offset="0" stop-color="${hex(mix(colours.skin, colour(0.62, 0.17, 0.08), 0.55))}" stop-opacity="0.55"/><stop offset="1" stop-color="${hex(colours.skin)}" stop-opacity="0"/></radialGradient>`,
    `<radialGradient id="glow"><stop offset="0" stop-color="#fff" stop-opacity="${n(0.16 + bright)}"/><stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient>`,
    `<radialGradient id="socket"><stop offset="0" stop-color="${hex(shade(colours.skin, -0.2))}" stop-opacity="0.55"/><stop offset="1" stop-color="${hex(colours.skin)}" stop-opacity="0"/></radialGradient>`,
    `<clipPath id="head"><path d="${headOutline(g)}"/></clipPath>`,
    '</defs>',
  ].join('');
}

function body(g: Geometry, colours: Palette): string {
  const { chinCentre, chin, half, face } = g;
  const neck = half * between(0.5, 0.66, face.jaw);
  const x = 50 + (chinCentre - 50) * 0.45;
  const shoulder = chin + 10.5;
  return [
    `<path fill="${hex(shade(colours.skin, -0.08))}" d="${path('M', x - neck, chin - 14, 'L', x + neck, chin - 14, 'L', x + neck, shoulder, 'Q', x, shoulder + 12, x - neck, shoulder, 'Z')}"/>`,
    `<ellipse cx="${n(x)}" cy="${n(chin - 1)}" rx="${n(neck)}" ry="6" fill="${hex(shade(colours.skin, -0.2))}" opacity="0.55"/>`,
    `<path fill="url(#cloth)" d="${path('M', -4, 106, 'C', 0, shoulder + 5, 18, shoulder + 2, x - neck - 1, shoulder - 3, 'Q', x, shoulder + 13, x + neck + 1, shoulder - 3, 'C', 82, shoulder + 2, 100, shoulder + 5, 104, 106, 'Z')}"/>`,
    `<path fill="none" stroke="${hex(shade(colours.clothing, 0.14))}" stroke-width="1.3" d="${path('M', x - neck - 1, shoulder - 3, 'Q', x, shoulder + 13, x + neck + 1, shoulder - 3)}"/>`,
  ].join('');
}

function ears(g: Geometry, colours: Palette): string {
  const y = g.eyeLine + 0.05 * g.height;
  return [-1, 1]
    .map((sign) => {
      const x = g.centre + sign * g.half - 0.16 * g.half * g.face.headTurn;
      return `<ellipse cx="${n(x)}" cy="${n(y)}" rx="2.6" ry="5" fill="${hex(shade(colours.skin, -0.07))}"/><ellipse cx="${n(x)}" cy="${n(y)}" rx="1.3" ry="3.2" fill="${hex(shade(colours.skin, -0.16))}"/>`;
    })
    .join('');
}

function beard(g: Geometry, colours: Palette): string {
  const { face, half, height, chin, across } = g;
  const strength = Math.max(0, (face.beard - 0.1) / 0.9);
  if (strength === 0) {
    return '';
  }
  const mouth = g.top + 0.79 * height;
  const upper = mouth - 0.06 * height;
  const wing = g.eyeLine + between(0.26, 0.08, face.beard) * height;
  const d = path(
    ...['M', g.centre - half * 1.15, wing, 'Q', across(-0.75), upper + 3, across(-0.36), upper + 0.8],
    ...['Q', across(0), upper - 2.2, across(0.36), upper + 0.8, 'Q', across(0.75), upper + 3],
    ...[
      g.centre + half * 1.15,
      wing,
      'L',
      g.centre + half * 1.2,
      chin + 4,
      'L',
      g.centre - half * 1.2,
      chin + 4,
      'Z',
    ],
  );
  const tint = hex(mix(colours.hair, colours.brow, 0.4));
  return [
    `<linearGradient id="beard" gradientUnits="userSpaceOnUse" x1="0" y1="${n(wing - 3)}" x2="0" y2="${n(mouth + 2)}">`,
    `<stop offset="0" stop-color="${tint}" stop-opacity="0.1"/><stop offset="1" stop-color="${tint}"/></linearGradient>`,
    `<path fill="url(#beard)" opacity="${n(Math.min(0.92, 1.3 * strength))}" d="${d}"/>`,
  ].join('');
}

function eye(g: Geometry, colours: Palette, sign: 1 | -1): string {
  const { face, half, height } = g;
  const u = sign * between(0.36, 0.5, face.eyeSpacing);
  const x = g.across(u);
  const y = g.eyeLine;
  const size = between(0.82, 1.28, face.eyeSize);
  const rx = half * 0.205 * size * Math.min(1.15, g.squeeze(u));
  const ry = 2.35 * size * (1 - 0.14 * Math.max(0, face.smile));
  const iris = ry * 0.88;
  const gaze = x + 0.5 * face.headTurn;
  const lash = shade(colours.brow, -0.12);
  const browLift = height * between(0.125, 0.085, face.brows) + ry * 0.35;
  const thick = between(0.8, 3.1, face.brows);
  const arch = between(2.2, 0.8, face.brows);
  const browHalf = rx * 1.42;
  const outer = x + sign * browHalf;
  const near = x - sign * browHalf * 0.92;
  const browY = y - browLift - 0.6;
  const almond = path(
    'M',
    x - rx,
    y + 0.3,
    'Q',
    x,
    y - 2 * ry,
    x + rx,
    y + 0.3,
    'Q',
    x,
    y + 1.7 * ry,
    x - rx,
    y + 0.3,
  );
  const lid = path('M', x - rx * 1.06, y + 0.4, 'Q', x, y - 2.15 * ry, x + rx * 1.06, y + 0.4);
  const brow = path(
    ...[
      'M',
      near,
      browY + 0.6 - thick / 2,
      'Q',
      x + sign * rx * 0.3,
      browY - arch - thick / 2,
      outer,
      browY + 1.5,
    ],
    ...['Q', x + sign * rx * 0.3, browY - arch + thick * 0.75, near, browY + 0.6 + thick / 2, 'Z'],
  );
  return [
    `<ellipse cx="${n(x)}" cy="${n(y - 0.6)}" rx="${n(rx * 1.75)}" ry="${n(ry * 2.5)}" fill="url(#socket)"/>`,
    `<path d="${almond}" fill="#f7f3ee"/>`,
    `<circle cx="${n(gaze)}" cy="${n(y - 0.1)}" r="${n(iris)}" fill="${hex(colours.iris)}"/>`,
    `<circle cx="${n(gaze)}" cy="${n(y - 0.1)}" r="${n(iris * 0.5)}" fill="#15100f"/>`,
    `<circle cx="${n(gaze + iris * (0.2 + 0.3 * face.lightDirection))}" cy="${n(y - 0.1 - iris * 0.4)}" r="${n(iris * 0.24)}" fill="#fff"/>`,
    `<path d="${lid}" fill="none" stroke="${hex(lash)}" stroke-width="0.95" stroke-linecap="round"/>`,
    `<path d="${brow}" fill="${hex(colours.brow)}"/>`,
  ].join('');
}

function nose(g: Geometry, colours: Palette): string {
  const { face, half } = g;
  const base = g.eyeLine + g.height * between(0.13, 0.185, face.nose);
  const wide = half * between(0.13, 0.235, face.nose);
  const x = g.across(0) + 0.09 * half * face.headTurn;
  const bridge = g.across(0) - 0.02 * half * face.headTurn;
  const shadow = face.lightDirection + face.headTurn * 0.4 < 0 ? 1 : -1;
  const dark = hex(shade(colours.skin, -0.13));
  return [
    `<path fill="${dark}" opacity="0.5" d="${path('M', bridge + shadow * wide * 0.35, g.eyeLine - 1, 'Q', bridge + shadow * wide * 0.6, base - 5, x + shadow * wide, base - 0.8, 'Q', x + shadow * wide * 0.4, base + 1.4, x, base, 'Q', bridge + shadow * wide * 0.1, base - 6, bridge + shadow * wide * 0.35, g.eyeLine - 1)}"/>`,
    `<ellipse cx="${n(x)}" cy="${n(base - 2)}" rx="${n(wide * 0.85)}" ry="2.4" fill="${hex(shade(colours.skin, 0.07))}" opacity="0.6"/>`,
    `<path fill="none" stroke="${hex(shade(colours.skin, -0.24))}" stroke-width="0.9" stroke-linecap="round" d="${path('M', x - wide, base - 0.9, 'Q', x - wide * 0.7, base + 0.9, x - wide * 0.35, base + 0.2, 'Q', x, base + 1.2, x + wide * 0.35, base + 0.2, 'Q', x + wide * 0.7, base + 0.9, x + wide, base - 0.9)}"/>`,
  ].join('');
}

function mouth(g: Geometry, colours: Palette): string {
  const { face, height } = g;
  const smile = between(-0.3, 1, face.smile);
  const open = Math.max(0, face.smile);
  const y = g.top + 0.785 * height;
  const reach = between(0.25, 0.43, face.mouthWidth) + 0.05 * open;
  // The mouth follows the chin as much as the front of the face.
  const shift = 0.4 * (g.chinCentre - g.across(0));
  const x = g.across(0) + shift;
  const left = g.across(-reach) + shift;
  const right = g.across(reach) + shift;
  const corner = y - 1.9 * smile;
  const low = y + 1.9 * smile;
  const upper = between(0.9, 2.2, face.lips);
  const lower = between(1.4, 3.3, face.lips);
  const smileLine = hex(shade(colours.skin, -0.14));
  const bow = (right - left) * 0.16;
  const outline = path(
    ...[
      'M',
      left,
      corner,
      'Q',
      x - bow * 1.6,
      low - upper * 2 - 1,
      x - bow * 0.7,
      low * 0.5 + y * 0.5 - upper - 0.6,
    ],
    ...['Q', x, low * 0.5 + y * 0.5 - upper + 0.3, x + bow * 0.7, low * 0.5 + y * 0.5 - upper - 0.6],
    ...['Q', x + bow * 1.6, low - upper * 2 - 1, right, corner],
    ...['Q', x, low + lower * 2.1 + 2.6 * open, left, corner, 'Z'],
  );
  const gap = path(
    'M',
    left,
    corner,
    'Q',
    x,
    low,
    right,
    corner,
    'Q',
    x,
    low + 5.2 * open,
    left,
    corner,
    'Z',
  );
  return [
    `<path d="${outline}" fill="${hex(colours.lips)}"/>`,
    `<path d="${gap}" fill="${hex(mix(colour(0.4, 0.1, 0.04), colour(0.96, 0, 0.01), Math.min(1, 2.5 * open)))}" stroke="${hex(shade(colours.lips, -0.22))}" stroke-width="0.75" stroke-linejoin="round"/>`,
    `<path fill="none" stroke="${smileLine}" stroke-width="0.9" stroke-linecap="round" opacity="${n(0.25 + 0.5 * open)}" d="${path('M', left - 1, corner - 1.2, 'q', -0.9, 1.4, 0.1, 2.6, 'M', right + 1, corner - 1.2, 'q', 0.9, 1.4, -0.1, 2.6)}"/>`,
  ].join('');
}

function strands(g: Geometry, colours: Palette): string {
  const { centre, half, top, face } = g;
  const part = centre + 0.62 * half * face.parting;
  const lift = between(1.2, 6.5, face.hairVolume) * 0.5;
  return [-0.75, -0.4, 0.4, 0.75]
    .map((u) => {
      const x = centre + u * half * 1.02;
      const d = path(
        'M',
        part + u * 1.5,
        top - lift,
        'Q',
        (part + x) / 2 + u * 4,
        top - lift + 1,
        x,
        top + 5 + 8 * Math.abs(u),
      );
      return `<path d="${d}" fill="none" stroke="${hex(shade(colours.hair, 0.13))}" stroke-width="1.1" stroke-linecap="round" opacity="0.4"/>`;
    })
    .join('');
}

/**
 * A colour portrait of a face as SVG text. Head and hair keep inside the central 0.8 of the square, the part
 * that the importer of the face study cuts out.
 *
 * @param face traits in (-1, 1).
 * @param size side of the square in pixels.
 * @returns a complete SVG document; it holds shapes and gradients only (no text, no filter, no script).
 */
export function drawFace(face: FaceParameters, size: number): string {
  const g = geometry(face);
  const colours = palette(face);
  const { centre, top, half, height } = g;
  const lightX = centre + 0.5 * half * face.lightDirection;
  const cheeks = [-0.52, 0.52]
    .map(
      (u) =>
        `<ellipse cx="${n(g.across(u))}" cy="${n(top + 0.66 * height)}" rx="${n(half * 0.33)}" ry="${n(half * 0.26)}" fill="url(#blush)"/>`,
    )
    .join('');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 100 100">`,
    definitions(g, colours),
    '<rect width="100" height="100" fill="url(#background)"/>',
    '<g transform="translate(50 66) scale(1.08) translate(-50 -66)">',
    `<g transform="rotate(${n(6 * face.headTilt)} 50 78)">`,
    `<path d="${hairBehind(g)}" fill="url(#hairBack)"/>`,
    '</g>',
    body(g, colours),
    `<g transform="rotate(${n(6 * face.headTilt)} 50 78)">`,
    ears(g, colours),
    `<path d="${headOutline(g)}" fill="url(#skin)"/>`,
    '<g clip-path="url(#head)">',
    `<ellipse cx="${n(lightX)}" cy="${n(top + 0.34 * height)}" rx="${n(half * 0.75)}" ry="${n(height * 0.26)}" fill="url(#glow)"/>`,
    cheeks,
    beard(g, colours),
    '</g>',
    mouth(g, colours),
    nose(g, colours),
    eye(g, colours, -1),
    eye(g, colours, 1),
    `<path d="${hairInFront(g)}" fill="url(#hair)"/>`,
    strands(g, colours),
    '</g></g></svg>',
  ].join('');
}
