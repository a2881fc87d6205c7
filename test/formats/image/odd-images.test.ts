import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { decodeFaceBytes } from '../../../src/main/formats/image/decode.ts';

const size = 16;
const decode = (bytes: Uint8Array, crop = 1) => decodeFaceBytes(bytes, 'odd', size, { crop });

/** Red, green, blue and yellow quarters, from the top left in reading order; 32 x 32. */
const colours = [
  [200, 30, 30],
  [30, 160, 40],
  [40, 50, 190],
  [220, 200, 40],
];
function quarters(side = 32): Uint8Array {
  const pixels = new Uint8Array(side * side * 3);
  for (let at = 0; at < side * side; at++) {
    const quarter = (at % side < side / 2 ? 0 : 1) + (Math.floor(at / side) < side / 2 ? 0 : 2);
    pixels.set(colours[quarter], 3 * at);
  }
  return pixels;
}
const drawn = () => sharp(quarters(), { raw: { width: 32, height: 32, channels: 3 } });

/** Colour in the middle of each quarter, in reading order. */
function seen(face: Uint8Array): number[][] {
  return [
    [4, 4],
    [4, 11],
    [11, 4],
    [11, 11],
  ].map(([y, x]) => Array.from(face.subarray((y * size + x) * 3, (y * size + x) * 3 + 3)));
}

function assertColours(
  face: Uint8Array,
  expected: readonly number[][],
  tolerance: number,
  what: string,
): void {
  seen(face).forEach((colour, quarter) => {
    colour.forEach((value, channel) => {
      const off = Math.abs(value - expected[quarter][channel]);
      assert.ok(off <= tolerance, `${what}: quarter ${quarter} is ${colour}, not ${expected[quarter]}`);
    });
  });
}

/** Where the pixel of a stored row and column is seen, [y, x], in a picture of `n` a side (EXIF 2.32, tag 0x0112). */
const seenAt: Readonly<Record<number, (row: number, column: number, n: number) => [number, number]>> = {
  1: (row, column) => [row, column],
  2: (row, column, n) => [row, n - 1 - column],
  3: (row, column, n) => [n - 1 - row, n - 1 - column],
  4: (row, column, n) => [n - 1 - row, column],
  5: (row, column) => [column, row],
  6: (row, column, n) => [column, n - 1 - row],
  7: (row, column, n) => [n - 1 - column, n - 1 - row],
  8: (row, column, n) => [n - 1 - column, row],
};

for (const format of ['jpeg', 'png'] as const) {
  test(`pictures of every orientation are upright (${format})`, async () => {
    const upright = quarters();
    for (const [tag, place] of Object.entries(seenAt)) {
      const pixels = new Uint8Array(upright.length);
      for (let at = 0; at < 32 * 32; at++) {
        const [y, x] = place(Math.floor(at / 32), at % 32, 32);
        pixels.set(upright.subarray((y * 32 + x) * 3, (y * 32 + x) * 3 + 3), 3 * at);
      }
      const stored = await sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } })
        .withMetadata({ orientation: Number(tag) })
        .toFormat(format, { quality: 100, chromaSubsampling: '4:4:4' })
        .toBuffer();
      assertColours(await decode(stored), colours, 6, `tag ${tag}`);
    }
  });
}

test('CMYK, 16 bits, palette, grey and animations', async () => {
  const cmyk = await drawn().toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
  assert.equal((await sharp(cmyk).metadata()).space, 'cmyk');
  // Inks cannot show all colours of a screen: the hues are right, the values near.
  assertColours(await decode(cmyk), colours, 60, 'CMYK');

  const deep = Uint16Array.from(quarters(), (value) => value * 257);
  const png16 = await sharp(deep, { raw: { width: 32, height: 32, channels: 3 } })
    .toColourspace('rgb16')
    .png()
    .toBuffer();
  assert.equal((await sharp(png16).metadata()).depth, 'ushort');
  assertColours(await decode(png16), colours, 1, '16 bits');

  const palette = await drawn().png({ palette: true, colours: 8 }).toBuffer();
  assertColours(await decode(palette), colours, 4, 'palette');

  const grey = await drawn().toColourspace('b-w').png().toBuffer();
  const greys = seen(await decode(grey));
  assert.ok(greys.every(([r, g, b]) => r === g && g === b));
  assert.ok(greys[3][0] > greys[0][0], 'yellow is brighter than red');

  for (const format of ['gif', 'webp'] as const) {
    const second = await drawn().negate().png().toBuffer();
    const first = await drawn().png().toBuffer();
    const animation = await sharp([first, second], { join: { animated: true } })
      .toFormat(format, { lossless: true })
      .toBuffer();
    assert.equal((await sharp(animation, { animated: true }).metadata()).pages, 2);
    assertColours(await decode(animation), colours, 4, format);
  }
});

test('transparent parts are white, half transparent ones half so', async () => {
  const glass = new Uint8Array(32 * 32 * 4);
  for (let at = 0; at < 32 * 32; at++) glass.set([200, 30, 30, at % 32 < 16 ? 0 : 128], 4 * at);
  const png = await sharp(glass, { raw: { width: 32, height: 32, channels: 4 } })
    .png()
    .toBuffer();
  const [left, right] = seen(await decode(png));
  assert.deepEqual(left, [255, 255, 255]);
  for (const [channel, value] of [227, 142, 142].entries()) {
    assert.ok(Math.abs(right[channel] - value) <= 2);
  }
});

test('a colour profile is converted to sRGB', async () => {
  const wide = await drawn().withIccProfile('p3').png().toBuffer();
  assert.ok((await sharp(wide).metadata()).icc);
  // The same colours in another profile have other numbers; what is seen is the same.
  const { data } = await sharp(wide, { ignoreIcc: true }).raw().toBuffer({ resolveWithObject: true });
  assert.ok(Math.abs(data[0] - colours[0][0]) > 6);
  assertColours(await decode(wide), colours, 4, 'P3');
});

/** A PNG that promises `width` x `height` pixels of grey in a few bytes. */
function bomb(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const head = Buffer.alloc(4);
    head.writeUInt32BE(data.length);
    const tail = Buffer.alloc(4);
    tail.writeUInt32BE(crc32(body));
    return Buffer.concat([head, body, tail]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(1000))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

test('tiny and enormous pictures are refused by their headers, without memory', async () => {
  const dot = await sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } })
    .jpeg()
    .toBuffer();
  await assert.rejects(decode(dot), { code: 'IMAGE_TOO_SMALL' });
  const before = process.memoryUsage().rss;
  for (const side of [20_000, 65_000, 2 ** 31 - 1]) {
    await assert.rejects(decode(bomb(side, side)), (error: { code?: string }) =>
      ['IMAGE_TOO_LARGE', 'IMAGE_UNREADABLE'].includes(error.code ?? ''),
    );
  }
  await assert.rejects(decode(bomb(20_000, 20_000)), { code: 'IMAGE_TOO_LARGE' });
  assert.ok(process.memoryUsage().rss - before < 100e6);
});

test('a large picture that is allowed is decoded in bounded memory', async () => {
  const large = await sharp({ create: { width: 8000, height: 8000, channels: 3, background: '#c86432' } })
    .png({ compressionLevel: 1 })
    .toBuffer();
  const before = process.memoryUsage().rss;
  const face = await decode(large, 0.8);
  assert.deepEqual(Array.from(face.subarray(0, 3)), [200, 100, 50]);
  const growth = process.memoryUsage().rss - before;
  assert.ok(growth < 150e6, `192 MB of pixels took ${growth} bytes`);
});
