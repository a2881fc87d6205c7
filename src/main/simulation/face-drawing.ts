import { type Colour, colour, hex, mix, type Palette, palette, shade } from './face-colours.ts';
import { beard, eye, mouth, nose } from './face-features.ts';
import { between, type Geometry, geometry, n, path } from './face-geometry.ts';
import type { FaceParameters } from './faces.ts';

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
