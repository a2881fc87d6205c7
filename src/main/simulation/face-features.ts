import { colour, hex, mix, type Palette, shade } from './face-colours.ts';
import { between, type Geometry, n, path } from './face-geometry.ts';

export function beard(g: Geometry, colours: Palette): string {
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

export function eye(g: Geometry, colours: Palette, sign: 1 | -1): string {
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

export function nose(g: Geometry, colours: Palette): string {
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

export function mouth(g: Geometry, colours: Palette): string {
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
