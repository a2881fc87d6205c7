import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawFace, drawView, type View } from '../../../src/main/generative/vaegan/augmentation.ts';
import { vaeGanConfigSchema } from '../../../src/main/generative/vaegan/config.ts';
import { Random } from '../../../src/main/math/random.ts';

const size = 16;
const face = Uint8Array.from({ length: size * size * 3 }, (_, i) => (i * 37) % 251);
const asIs: View = { mirrored: false, shift: [0, 0], zoom: 1, gains: [1, 1, 1] };

function draw(view: Partial<View>): Float32Array {
  const to = new Float32Array(face.length);
  drawFace(face, to, size, { ...asIs, ...view }, [-1, 1]);
  return to;
}

const network = (byte: number) => (2 * byte) / 255 - 1;
const pixel = (x: number, y: number, c: number) => face[(y * size + x) * 3 + c];

test('a view that changes nothing gives the picture in the range of the network', () => {
  const drawn = draw({});
  for (const [at, byte] of face.entries()) assert.ok(Math.abs(drawn[at] - network(byte)) < 1e-6);
});

test('whole pixels of shift move the picture and let its border go on', () => {
  const drawn = draw({ shift: [2, -3] });
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const expected = network(pixel(Math.max(0, x - 2), Math.min(size - 1, y + 3), 1));
      assert.ok(Math.abs(drawn[(y * size + x) * 3 + 1] - expected) < 1e-6, `${x}, ${y}`);
    }
  }
});

test('mirroring, and half a pixel of shift, are the mirror image and the mean of neighbours', () => {
  const mirrored = draw({ mirrored: true });
  const between = draw({ shift: [0.5, 0] });
  for (let x = 1; x < size; x++) {
    assert.ok(Math.abs(mirrored[(5 * size + x) * 3] - network(pixel(size - 1 - x, 5, 0))) < 1e-6);
    const mean = (pixel(x - 1, 5, 2) + pixel(x, 5, 2)) / 2;
    assert.ok(Math.abs(between[(5 * size + x) * 3 + 2] - network(mean)) < 1e-6);
  }
});

test('zoom keeps the centre and draws a ramp flatter by its factor', () => {
  const ramp = Uint8Array.from({ length: size * size * 3 }, (_, i) => (Math.floor(i / 3) % size) * 10);
  const to = new Float32Array(ramp.length);
  drawFace(ramp, to, size, { ...asIs, zoom: 1.25 }, [0, 255]);
  for (let x = 0; x < size; x++) assert.ok(Math.abs(to[x * 3] - (75 + ((x - 7.5) / 1.25) * 10)) < 1e-4);
});

test('gains multiply colours, and white is the most there is', () => {
  const drawn = draw({ gains: [0.5, 1, 4] });
  assert.ok(Math.abs(drawn[0] - network(face[0] / 2)) < 1e-6);
  assert.ok(drawn.every((value) => value >= -1 && value <= 1));
});

test('views stay within what the schedule allows, and fill it', () => {
  const { schedule } = vaeGanConfigSchema.parse({
    schedule: { shift: 0.1, zoom: 0.2, colour: 0.3, horizontalFlips: true },
  });
  const random = new Random(3);
  const views = Array.from({ length: 2000 }, () => drawView(schedule, 100, random));
  const largest = (of: (view: View) => number) => Math.max(...views.map((view) => Math.abs(of(view))));
  for (const [found, limit] of [
    [largest(({ shift }) => shift[0]), 10],
    [largest(({ shift }) => shift[1]), 10],
    [largest(({ zoom }) => zoom - 1), 0.2],
  ]) {
    assert.ok(found <= limit && found > 0.98 * limit, `${found} of ${limit}`);
  }
  // The sum of two uniform draws reaches its limit more rarely.
  const colour = largest(({ gains }) => gains[2] - 1);
  assert.ok(colour <= 0.3 && colour > 0.27, `${colour}`);
  const mirrored = views.filter((view) => view.mirrored).length / views.length;
  assert.ok(Math.abs(mirrored - 0.5) < 0.05, `${mirrored}`);
});
