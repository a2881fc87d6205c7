import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { decodeFace, decodeImage, probeImage } from '../../../src/main/formats/image/decode.ts';
import { encodePng, imageGrid, toPixels } from '../../../src/main/formats/image/encode.ts';
import { temporaryFolder } from '../temporary.ts';

/** A picture 40 wide and 20 high: red left of the middle, blue right of it. */
function halves(width = 40, height = 20): Uint8Array {
  const pixels = new Uint8Array(width * height * 3);
  for (let index = 0; index < width * height; index += 1) {
    pixels.set(index % width < width / 2 ? [255, 0, 0] : [0, 0, 255], index * 3);
  }
  return pixels;
}

const raw = (width: number, height: number, channels: 1 | 2 | 3 | 4) => ({
  raw: { width, height, channels },
});
const pixel = (pixels: Uint8Array, index: number): number[] =>
  Array.from(pixels.subarray(3 * index, 3 * index + 3));

test('the centre square, and of that the central part, is kept', async (t) => {
  const path = join(await temporaryFolder(t), 'a.png');
  // 100 x 60: a square of 60 from x = 20, a centre of 48 from x = 26, y = 6. Paint exactly this white.
  const pixels = new Uint8Array(100 * 60 * 3);
  for (let y = 6; y < 54; y += 1) pixels.fill(255, (y * 100 + 26) * 3, (y * 100 + 74) * 3);
  await writeFile(path, await encodePng(pixels, 100, 60));
  const face = await decodeFace(path, 16);
  assert.equal(face.length, 16 * 16 * 3);
  assert.ok(face.every((value) => value === 255));
  const whole = await decodeFace(path, 60, { crop: 1 });
  assert.deepEqual(pixel(whole, 0), [0, 0, 0]);
  assert.deepEqual(pixel(whole, 30 * 60 + 30), [255, 255, 255]);
  await assert.rejects(decodeFace(path, 16, { crop: 0 }), RangeError);
});

test('the orientation of the camera is applied', async (t) => {
  const path = join(await temporaryFolder(t), 'a.png');
  // Orientation 6: the stored picture is to be turned by a quarter clockwise; left becomes top.
  await sharp(halves(), raw(40, 20, 3))
    .withMetadata({ orientation: 6 })
    .png()
    .toFile(path);
  const { width, height } = await probeImage(path);
  assert.deepEqual([width, height], [20, 40]);
  const face = await decodeFace(path, 20, { crop: 1 });
  assert.deepEqual(pixel(face, 2 * 20 + 10), [255, 0, 0]);
  assert.deepEqual(pixel(face, 17 * 20 + 10), [0, 0, 255]);
});

test('grey, 16-bit, transparent and CMYK pictures become 8-bit sRGB', async (t) => {
  const folder = await temporaryFolder(t);
  const decode = (name: string): Promise<Uint8Array> => decodeFace(join(folder, name), 4, { crop: 1 });

  await sharp(new Uint8Array(64).fill(77), raw(8, 8, 1))
    .toColourspace('b-w')
    .png()
    .toFile(join(folder, 'grey.png'));
  assert.equal((await probeImage(join(folder, 'grey.png'))).channels, 1);
  assert.deepEqual(pixel(await decode('grey.png'), 5), [77, 77, 77]);

  const deep = sharp(new Uint16Array(192).fill(0x8080), raw(8, 8, 3)).toColourspace('rgb16');
  await deep.png().toFile(join(folder, 'deep.png'));
  assert.equal((await probeImage(join(folder, 'deep.png'))).dtype, 'uint16');
  assert.deepEqual(pixel(await decode('deep.png'), 5), [128, 128, 128]);

  const deepGrey = sharp(new Uint16Array(64).fill(0x4040), raw(8, 8, 1)).toColourspace('grey16');
  await deepGrey.png().toFile(join(folder, 'deep-grey.png'));
  assert.deepEqual(pixel(await decode('deep-grey.png'), 5), [64, 64, 64]);

  const glass = Uint8Array.from({ length: 256 }, (_, index) => (index % 4 === 3 ? 0 : 9));
  await sharp(glass, raw(8, 8, 4))
    .png()
    .toFile(join(folder, 'glass.png'));
  assert.deepEqual(pixel(await decode('glass.png'), 5), [255, 255, 255]);

  await sharp(halves(8, 8), raw(8, 8, 3))
    .toColourspace('cmyk')
    .jpeg({ quality: 100 })
    .toFile(join(folder, 'cmyk.jpg'));
  assert.equal((await probeImage(join(folder, 'cmyk.jpg'))).channels, 4);
  const [red, green, blue] = pixel(await decode('cmyk.jpg'), 4);
  assert.ok(red > 180 && green < 90 && blue < 90, `${red} ${green} ${blue}`);
});

test('of an animation the first frame is taken', async (t) => {
  const path = join(await temporaryFolder(t), 'a.gif');
  const frames = new Uint8Array(8 * 16 * 3);
  frames.fill(255, 0, 8 * 8 * 3);
  await sharp(frames, { raw: { width: 8, height: 16, channels: 3, pageHeight: 8 } })
    .gif()
    .toFile(path);
  assert.equal((await probeImage(path)).pages, 2);
  assert.deepEqual(pixel(await decodeFace(path, 4), 3), [255, 255, 255]);
});

test('what cannot be decoded says why', async (t) => {
  const folder = await temporaryFolder(t);
  const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (_, index) => (index * 7919) % 256);
  const jpeg = await sharp(noise, raw(64, 64, 3))
    .jpeg()
    .toBuffer();
  const png = await sharp(noise, raw(64, 64, 3))
    .png()
    .toBuffer();
  const refuse = async (name: string, bytes: Uint8Array, code: string): Promise<void> => {
    const path = join(folder, name);
    await writeFile(path, bytes);
    await assert.rejects(decodeFace(path, 16), { code, file: path }, name);
  };
  await refuse('text.png', Buffer.from('no picture'), 'IMAGE_UNREADABLE');
  await refuse('cut.jpg', jpeg.subarray(0, jpeg.length / 2), 'IMAGE_UNREADABLE');
  await refuse('cut.png', png.subarray(0, png.length / 2), 'IMAGE_UNREADABLE');
  await refuse('empty.png', new Uint8Array(0), 'FILE_EMPTY');
  await assert.rejects(decodeFace(join(folder, 'none.png'), 16), { code: 'FILE_NOT_FOUND' });
});

test('a grid of images is a picture that reads back', async (t) => {
  const path = join(await temporaryFolder(t), 'grid.png');
  const red = halves(2, 2)
    .fill(0)
    .map((_, index) => (index % 3 === 0 ? 255 : 0));
  const grid = imageGrid([red, null, red], {
    width: 2,
    height: 2,
    columns: 2,
    gap: 1,
    background: [1, 2, 3],
  });
  assert.deepEqual([grid.width, grid.height], [7, 7]);
  await writeFile(path, await encodePng(grid.pixels, grid.width, grid.height));
  const read = await decodeImage(path);
  assert.deepEqual(read, grid);
  assert.deepEqual(pixel(read.pixels, 0), [1, 2, 3]);
  assert.deepEqual(pixel(read.pixels, 8), [255, 0, 0]);
  assert.deepEqual(pixel(read.pixels, 4 * 7 + 1), [255, 0, 0]);
  assert.deepEqual(pixel(read.pixels, 11), [1, 2, 3]);
  await assert.rejects(encodePng(new Uint8Array(5), 2, 2), RangeError);
});

test('values become pixels', () => {
  assert.deepEqual(
    Array.from(toPixels(Float32Array.of(-1, 0, 0.5, 1, 2, Number.NaN))),
    [0, 0, 128, 255, 255, 0],
  );
});
