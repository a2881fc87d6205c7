import { playerDefinition, players } from '../../../src/main/generative/vaegan/architecture.ts';
import type { VaeGanConfig } from '../../../src/main/generative/vaegan/config.ts';
import type { NamedArrays, NdArray } from '../../../src/main/math/nd-array.ts';
import { normals } from '../inputs.ts';

/** First weights and one batch, for several programs to start from: weights by name, `batch/images`, `noise`, `prior`. */
export function trainingArrays(config: VaeGanConfig): NamedArrays {
  const arrays: Record<string, NdArray> = {};
  for (const player of players) {
    const { trainable, moving } = playerDefinition(config, player);
    for (const { name, shape, start } of [...trainable, ...moving]) {
      const size = shape.reduce((product, axis) => product * axis, 1);
      const data =
        start.kind === 'fill'
          ? new Float32Array(size).fill(start.value)
          : normals(size, name).map((value) => value * Math.sqrt(start.gain / start.fanIn));
      arrays[name] = { shape: [...shape], data };
    }
  }
  const { imageSize, latentDim, schedule, pixelRange } = config;
  const [low, high] = pixelRange;
  const images = normals(schedule.batchSize * imageSize ** 2 * 3, 'images').map(
    (value) => low + (high - low) / (1 + Math.exp(-value)),
  );
  arrays['batch/images'] = { shape: [schedule.batchSize, imageSize, imageSize, 3], data: images };
  for (const name of ['noise', 'prior']) {
    const data = normals(schedule.batchSize * latentDim, name);
    arrays[`batch/${name}`] = { shape: [schedule.batchSize, latentDim], data };
  }
  return arrays;
}
