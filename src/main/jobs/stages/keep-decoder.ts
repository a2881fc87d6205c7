import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import { isLarge } from '../../decoding/affine-decoder.ts';
import { writeKept } from '../decoders/kept-decoder.ts';
import { affineDecoder } from '../decoders/ready-decoder.ts';
import { defineStage } from '../stage.ts';
import { fittedDecoder, voxelSets } from './decode-patterns.ts';
import { readMapping } from './fit-mapping.ts';

/**
 * Mapping (input `mapping`) and, but for the paper's, the decoder of `fit-decoder` (`decoder`) -> the decoder of one set of voxels as
 * `openDecoder` takes it up: large weights in 16 bits, in a file that is mapped into memory.
 */
export const keepDecoderStage = defineStage({
  name: 'keep-decoder',
  version: 1,
  parameters: z.strictObject({ set: z.string(), engine: z.enum(['native', 'webgpu', 'wasm']) }),
  async run({ set: name, engine: kind }, context) {
    const mapping = await readMapping(context.inputs.mapping);
    const { sets } = voxelSets(mapping);
    const place = sets.findIndex((set) => set.name === name);
    if (place < 0) {
      throw new FusiformError(
        'NAME_UNKNOWN',
        `There is no region "${name}" to decode from: ${sets.map((set) => set.name).join(', ')}.`,
      );
    }
    const { subject, latentSpace } = mapping.description;
    const set = sets[place];
    const fitted = await fittedDecoder(context.inputs.decoder, mapping, sets);
    const nVoxels = set.voxels.length;
    const fixedPoint = isLarge({ nLatents: latentSpace.modelled.length, nVoxels });
    const decoder = fixedPoint
      ? await affineDecoder(
          mapping,
          set,
          fitted && { folder: fitted.folder, place },
          await context.engine(kind),
        )
      : null;
    await writeKept(context.outDir, { subject, set: name, latentSpace, nVoxels, fixedPoint }, decoder);
    return { summary: { set: name, voxels: nVoxels, latents: latentSpace.modelled.length, fixedPoint } };
  },
});
