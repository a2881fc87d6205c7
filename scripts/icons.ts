import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

/* The application's icon: an oval face whose right half is made of voxels. Drawn here, so that it has one source. */

const size = 1024;
const cell = 64;
const ground = '#17304f';
const skin = '#e9c9a8';
const shades = ['#d65a4a', '#f0a58f', '#f4e6dc', '#9cc0e0', '#4a7fb8'];

/** Writes `icon.svg`, `icon.png`, `icon.ico` and `icon.icns`, where they are not there. */
export async function makeIcons(folder: string): Promise<void> {
  if (['icon.svg', 'icon.png', 'icon.ico', 'icon.icns'].every((name) => existsSync(join(folder, name))))
    return;
  await mkdir(folder, { recursive: true });
  const svg = drawIcon();
  const png = (side: number) =>
    sharp(Buffer.from(svg)).resize(side, side).png({ compressionLevel: 9 }).toBuffer();
  await writeFile(join(folder, 'icon.svg'), svg);
  await writeFile(join(folder, 'icon.png'), await png(512));
  const sides = [16, 32, 48, 256];
  await writeFile(join(folder, 'icon.ico'), ico(sides, await Promise.all(sides.map(png))));
  const types = { ic07: 128, ic08: 256, ic09: 512 };
  const pictures = Object.entries(types).map(async ([type, side]) => [type, await png(side)] as const);
  await writeFile(join(folder, 'icon.icns'), icns(await Promise.all(pictures)));
}

export function drawIcon(): string {
  const voxels: string[] = [];
  for (let y = 192; y < 832; y += cell) {
    for (let x = 512; x < 832; x += cell) {
      const [dx, dy] = [(x + cell / 2 - 512) / 300, (y + cell / 2 - 512) / 360];
      if (dx * dx + dy * dy > 1) continue;
      // A plain hash of the place: the same picture every time.
      const shade = shades[(7 * (x / cell) + 5 * (y / cell) + (x * y) / (cell * cell)) % shades.length];
      voxels.push(`<rect x="${x}" y="${y}" width="${cell - 6}" height="${cell - 6}" fill="${shade}"/>`);
    }
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}">`,
    '<title>Fusiform</title>',
    `<rect width="${size}" height="${size}" rx="200" fill="${ground}"/>`,
    `<path d="M512 152a300 360 0 0 0 0 720z" fill="${skin}"/>`,
    `<ellipse cx="400" cy="450" rx="44" ry="26" fill="${ground}"/>`,
    `<path d="M512 470l-44 150h44z" fill="#cfa883"/>`,
    `<path d="M396 690q60 50 116 50v-30q-60 0-116-20z" fill="#a4564b"/>`,
    ...voxels,
    '</svg>',
    '',
  ].join('\n');
}

/** A Windows icon: a directory of pictures, each a PNG. */
function ico(sides: readonly number[], pictures: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(6 + 16 * sides.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(sides.length, 4);
  let offset = header.length;
  sides.forEach((side, at) => {
    const entry = 6 + 16 * at;
    header.writeUInt8(side % 256, entry);
    header.writeUInt8(side % 256, entry + 1);
    header.writeUInt16LE(1, entry + 4);
    header.writeUInt16LE(32, entry + 6);
    header.writeUInt32LE(pictures[at].length, entry + 8);
    header.writeUInt32LE(offset, entry + 12);
    offset += pictures[at].length;
  });
  return Buffer.concat([header, ...pictures]);
}

/** A macOS icon: pictures by their types, each a PNG. */
function icns(pictures: readonly (readonly [type: string, png: Buffer])[]): Buffer {
  const parts = pictures.map(([type, png]) => {
    const head = Buffer.alloc(8);
    head.write(type, 0, 'latin1');
    head.writeUInt32BE(png.length + 8, 4);
    return Buffer.concat([head, png]);
  });
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(8);
  head.write('icns', 0, 'latin1');
  head.writeUInt32BE(body.length + 8, 4);
  return Buffer.concat([head, body]);
}

if (import.meta.main) await makeIcons(join(import.meta.dirname, '..', 'assets'));
