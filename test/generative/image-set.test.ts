import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatherImages, imageSetOf, imagesAtSize, selectImages } from '../../src/main/generative/image-set.ts';
import { Random } from '../../src/main/math/random.ts';
import { FusiformError } from '../../src/shared/errors.ts';

function randomPixels(count: number, size: number): Uint8Array {
  const random = new Random('image set');
  return Uint8Array.from({ length: count * size * size * 3 }, () => random.integer(256));
}

test('images in memory are views, and a selection of them too', () => {
  const pixels = randomPixels(5, 4);
  const images = imageSetOf(pixels, 4);
  assert.equal(images.count, 5);
  assert.deepEqual(images.image(2), pixels.subarray(96, 144));
  assert.equal(images.image(2).buffer, pixels.buffer);
  const chosen = selectImages(selectImages(images, [4, 4, 1]), [2, 0]);
  assert.equal(chosen.count, 2);
  assert.deepEqual(gatherImages(chosen), Uint8Array.from([...images.image(1), ...images.image(4)]));
  assert.deepEqual(gatherImages(images, 1, 3), pixels.subarray(48, 144));
  assert.equal(chosen.image(1).buffer, pixels.buffer);
});

test('a smaller size averages whole blocks', () => {
  const pixels = randomPixels(3, 6);
  const small = imagesAtSize(imageSetOf(pixels, 6), 2);
  for (let image = 0; image < 3; image++) {
    const made = small.image(image);
    for (let at = 0; at < 12; at++) {
      const [y, x, channel] = [Math.floor(at / 6), Math.floor(at / 3) % 2, at % 3];
      let sum = 0;
      for (let i = 0; i < 9; i++) {
        const row = 3 * y + Math.floor(i / 3);
        sum += pixels[((image * 6 + row) * 6 + 3 * x + (i % 3)) * 3 + channel];
      }
      assert.equal(made[at], Math.round(sum / 9));
    }
  }
  const images = imageSetOf(pixels, 6);
  assert.equal(imagesAtSize(images, 6), images);
});

test('what does not fit is refused', () => {
  const images = imageSetOf(randomPixels(2, 6), 6);
  const isCode = (code: string) => (error: unknown) => error instanceof FusiformError && error.code === code;
  assert.throws(() => imageSetOf(new Uint8Array(109), 6), isCode('IMAGE_SIZE_MISMATCH'));
  assert.throws(() => imagesAtSize(images, 4), isCode('FACES_SIZE_MISMATCH'));
  assert.throws(() => images.image(2), RangeError);
  assert.throws(() => images.image(-1), RangeError);
  assert.throws(() => images.image(0.5), RangeError);
  assert.throws(() => selectImages(images, [7]).image(0), RangeError);
});
