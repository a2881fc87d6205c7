import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp, { type JpegOptions } from 'sharp';
import { decodeFaceBytes } from '../../../src/main/formats/image/decode.ts';
import { plainJpegHeader } from '../../../src/main/formats/image/jpeg-header.ts';
import { decodePlainJpeg } from '../../../src/main/formats/image/plain-jpeg.ts';
import { rasterise } from '../../../src/main/formats/image/rasterise.ts';
import { Random } from '../../../src/main/math/random.ts';
import { drawFace } from '../../../src/main/simulation/face-drawing.ts';
import { sampleFace } from '../../../src/main/simulation/faces.ts';

const random = new Random('plain JPEG');
/** CelebA's size. */
const [width, height] = [178, 218];

async function face(): Promise<Uint8Array> {
  const png = await rasterise(drawFace(sampleFace(random), height));
  return sharp(png).extract({ left: 20, top: 0, width, height }).removeAlpha().raw().toBuffer();
}

const noise = (pixels = width * height) => Uint8Array.from({ length: pixels * 3 }, () => random.integer(256));

function asJpeg(pixels: Uint8Array, options: JpegOptions = {}, [w, h] = [width, height]): Promise<Buffer> {
  return sharp(pixels, { raw: { width: w, height: h, channels: 3 } })
    .jpeg({ quality: 90, ...options })
    .toBuffer();
}

/** The centre as the general decoder gives it: libvips from the file to the result. */
async function byLibvips(bytes: Uint8Array, size: number, crop: number): Promise<Uint8Array> {
  const image = sharp(bytes, { failOn: 'error', sequentialRead: true });
  const { width: w, height: h } = await image.metadata();
  const side = Math.round(Math.min(w, h) * crop);
  const [left, top] = [Math.floor((w - side) / 2), Math.floor((h - side) / 2)];
  return image
    .extract({ left, top, width: side, height: side })
    .toColourspace('srgb')
    .resize(size, size, { fit: 'fill' })
    .raw()
    .toBuffer();
}

function difference(a: ArrayLike<number>, b: ArrayLike<number>): { mean: number; max: number } {
  assert.equal(a.length, b.length);
  let [sum, max] = [0, 0];
  for (let at = 0; at < a.length; at++) {
    const off = Math.abs(a[at] - b[at]);
    sum += off;
    max = Math.max(max, off);
  }
  return { mean: sum / a.length, max };
}

async function decodePlain(bytes: Uint8Array, size: number, crop: number): Promise<Uint8Array> {
  const pixels = await decodePlainJpeg(bytes, size, crop);
  assert.ok(pixels, 'is decoded as a plain JPEG');
  return pixels;
}

test('decoded pixels are those of libvips, to the last bit', async () => {
  const pictures = [await face(), noise()];
  const kinds: JpegOptions[] = [
    {},
    { quality: 30 },
    { quality: 100 },
    { chromaSubsampling: '4:4:4' },
    { optimiseCoding: true },
  ];
  for (const picture of pictures) {
    for (const options of kinds) {
      const jpeg = await asJpeg(picture, options);
      // Of the size of its part: nothing is resized.
      assert.deepEqual(await decodePlain(jpeg, 142, 0.8), new Uint8Array(await byLibvips(jpeg, 142, 0.8)));
    }
    const grey = await sharp(picture, { raw: { width, height, channels: 3 } })
      .toColourspace('b-w')
      .jpeg()
      .toBuffer();
    assert.equal((await sharp(grey).metadata()).channels, 1);
    assert.deepEqual(await decodePlain(grey, 178, 1), new Uint8Array(await byLibvips(grey, 178, 1)));
  }
});

/** Weights of Lanczos's filter of three lobes, stretched by the factor of the reduction; along an edge of sum 1 too. */
function lanczosWeights(side: number, size: number): number[][] {
  const scale = side / size;
  return Array.from({ length: size }, (_, output) => {
    const weights = Array.from({ length: side }, (_, input) => {
      const x = Math.PI * (input - ((output + 0.5) * scale - 0.5)) * (1 / scale);
      if (Math.abs(x) < 1e-9) return 1;
      return Math.abs(x) >= 3 * Math.PI ? 0 : (3 * Math.sin(x) * Math.sin(x / 3)) / x ** 2;
    });
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  });
}

/** [side, side, 3] -> [size, size, 3] in double precision. */
function byDefinition(pixels: Uint8Array, side: number, size: number): Float64Array {
  const weights = lanczosWeights(side, size);
  const short = new Float64Array(size * side * 3);
  const result = new Float64Array(size * size * 3);
  weights.forEach((row, y) => {
    row.forEach((weight, from) => {
      if (weight === 0) return;
      for (let x = 0; x < side * 3; x++) short[y * side * 3 + x] += weight * pixels[from * side * 3 + x];
    });
  });
  weights.forEach((row, x) => {
    row.forEach((weight, from) => {
      if (weight === 0) return;
      for (let y = 0; y < size; y++) {
        for (let channel = 0; channel < 3; channel++) {
          result[(y * size + x) * 3 + channel] += weight * short[(y * side + from) * 3 + channel];
        }
      }
    });
  });
  return result.map((value) => Math.min(255, Math.max(0, value)));
}

test('reductions are Lanczos of three lobes: near to libvips, and nearer to the definition than libvips is', async () => {
  const pictures = [
    { pixels: await face(), toLibvips: { mean: 0.6, max: 6 }, toDefinition: 0.4 },
    { pixels: await face(), toLibvips: { mean: 0.6, max: 6 }, toDefinition: 0.4 },
    // The worst case: every result is a small difference of large products.
    { pixels: noise(), toLibvips: { mean: 1.2, max: 12 }, toDefinition: 0.6 },
  ];
  for (const { pixels, toLibvips, toDefinition } of pictures) {
    const jpeg = await asJpeg(pixels);
    for (const [size, crop] of [
      [128, 0.8],
      [128, 1],
      [64, 0.8],
      [36, 0.8],
    ]) {
      const side = Math.round(width * crop);
      const expected = await byLibvips(jpeg, size, crop);
      const resized = await decodePlain(jpeg, size, crop);
      const off = difference(resized, expected);
      const where = `${side} -> ${size}: ${off.mean} on average, ${off.max} at most`;
      assert.ok(off.mean < toLibvips.mean && off.max <= toLibvips.max, where);
      const exact = byDefinition(await decodePlain(jpeg, side, crop), side, size);
      const ours = difference(resized, exact).mean;
      assert.ok(ours < toDefinition, `${ours}`);
      assert.ok(ours <= difference(expected, exact).mean, `${side} -> ${size}`);
    }
  }
});

test('pictures in work at the same time do not mix', async () => {
  const jpegs = await Promise.all(Array.from({ length: 12 }, async () => asJpeg(await face())));
  const alone: Uint8Array[] = [];
  for (const jpeg of jpegs) alone.push(await decodePlain(jpeg, 64, 0.8));
  assert.deepEqual(await Promise.all(jpegs.map((jpeg) => decodePlain(jpeg, 64, 0.8))), alone);
});

test('a cut file is never decoded here; the general decoder refuses it where it lacks a part of the centre', async () => {
  const jpeg = await asJpeg(await face());
  const cuts = Array.from({ length: 60 }, (_, index) => 2 + Math.floor((index * (jpeg.length - 2)) / 60));
  for (let end = 1; end <= 8; end++) cuts.push(jpeg.length - end);
  const whole = await decodeFaceBytes(jpeg, 'whole', 128);
  let refused = 0;
  for (const cut of cuts) {
    const part = jpeg.subarray(0, cut);
    assert.equal(await decodePlainJpeg(part, 128, 0.8), null, `${cut} of ${jpeg.length}`);
    const result = await decodeFaceBytes(part, 'cut', 128).catch((error: { code: string }) => error.code);
    if (typeof result === 'string') {
      assert.equal(result, 'IMAGE_UNREADABLE');
      refused++;
    } else {
      assert.ok(difference(result, whole).max <= 6, `${cut} of ${jpeg.length}: the centre is complete`);
    }
  }
  assert.ok(refused > 40, `${refused}`);
});

test('of a file with flipped bits comes what libvips makes of it, or nothing', async () => {
  const [w, h] = [48, 60];
  const drawn = sharp(await face(), { raw: { width, height, channels: 3 } });
  const jpeg = await asJpeg(await drawn.resize(w, h).raw().toBuffer(), {}, [w, h]);
  const counts = { refused: 0, general: 0, plain: 0, unlike: 0 };
  for (let flip = 0; flip < 200; flip++) {
    const damaged = Buffer.from(jpeg);
    damaged[random.integer(jpeg.length)] ^= 1 << random.integer(8);
    const expected = await byLibvips(damaged, 32, 0.8).catch(() => null);
    const plain = await decodePlainJpeg(damaged, 32, 0.8);
    const result = await decodeFaceBytes(damaged, 'flipped', 32).catch((error: { code: string }) => {
      assert.match(error.code, /^IMAGE_/);
      return null;
    });
    assert.equal(result === null, expected === null);
    if (result === null || expected === null) counts.refused++;
    else if (plain === null) {
      counts.general++;
      assert.deepEqual(result, new Uint8Array(expected));
    } else {
      counts.plain++;
      const { mean, max } = difference(result, expected);
      if (mean > 0.6 || max > 12) counts.unlike++;
    }
  }
  assert.ok(counts.refused > 2 && counts.general > 10 && counts.plain > 80, JSON.stringify(counts));
  // A number that became huge gives brightnesses far outside 0..255, which libjpeg-turbo clips with vector instructions and
  // wraps around without them: two kinds of garbage.
  assert.ok(counts.unlike <= 0.05 * counts.plain, JSON.stringify(counts));
});

test('only what is plain is called so', async () => {
  const pixels = await face();
  const raw = sharp(pixels, { raw: { width, height, channels: 3 } });
  const plain = await asJpeg(pixels);
  assert.deepEqual(plainJpegHeader(plain), { width, height, components: 3 });
  for (let cut = 0; cut < 700; cut += 7) plainJpegHeader(plain.subarray(0, cut));
  const others: Record<string, Buffer> = {
    progressive: await asJpeg(pixels, { progressive: true }),
    CMYK: await raw.clone().toColourspace('cmyk').jpeg().toBuffer(),
    profile: await raw.clone().withIccProfile('p3').jpeg().toBuffer(),
    turned: await raw.clone().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    PNG: await raw.clone().png().toBuffer(),
  };
  for (const [kind, bytes] of Object.entries(others)) {
    assert.equal(plainJpegHeader(bytes), null, kind);
    assert.equal(await decodePlainJpeg(bytes, 128, 0.8), null, kind);
  }

  // A camera's block may stand anywhere before the scan.
  const exif = others.turned.subarray(2, 4 + others.turned.readUInt16BE(4));
  assert.deepEqual([...exif.subarray(0, 2)], [0xff, 0xe1]);
  const scan = plain.indexOf(Buffer.from([0xff, 0xda]));
  const late = Buffer.concat([plain.subarray(0, scan), exif, plain.subarray(scan)]);
  assert.equal(plainJpegHeader(late), null);
  const turned = await decodeFaceBytes(late, 'late', 128, { crop: 0.8 });
  assert.ok(difference(turned, await decodePlain(plain, 128, 0.8)).mean > 5, 'is turned');
});

test('small, large, enlarged and strongly reduced pictures are left to the general decoder', async () => {
  const grey = (side: number) =>
    sharp({ create: { width: side, height: side, channels: 3, background: '#777' } })
      .jpeg()
      .toBuffer();
  assert.equal(await decodePlainJpeg(await grey(7), 4, 1), null);
  assert.equal(await decodePlainJpeg(await grey(1100), 1024, 1), null);
  assert.equal(await decodePlainJpeg(await grey(100), 101, 1), null);
  assert.equal(await decodePlainJpeg(await grey(100), 25, 1), null);
  assert.ok(await decodePlainJpeg(await grey(100), 26, 1));
  await assert.rejects(decodeFaceBytes(await grey(7), 'small', 4), { code: 'IMAGE_TOO_SMALL' });
});
