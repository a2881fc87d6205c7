import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import { writeFileAtomic } from '../../formats/files/atomic-write.ts';
import { readSafetensorsFile } from '../../formats/safetensors/safetensors.ts';
import { openCheckpoint } from '../../formats/tf-checkpoint/checkpoint.ts';
import { readReleasedModel } from '../../generative/vaegan/released-weights.ts';
import { defineStage, type StageContext, type StageResult } from '../stage.ts';
import { writeLatentModel } from './latent-model-files.ts';
import { parseModelFile } from './model-file.ts';

const parameters = z.strictObject({
  /** `tensorflow`: the released VAE-GAN. `safetensors`: a model that was exported here or elsewhere. */
  source: z.enum(['tensorflow', 'safetensors']),
});

/** What became of the variables of a checkpoint, beside the imported model. */
const reportFile = 'import.json';

/** A model's file (input `file`: a TensorFlow checkpoint or an exported model) -> latent model. */
export const importModelStage = defineStage({
  name: 'import-model',
  version: 1,
  parameters,
  run: ({ source }, context) => (source === 'tensorflow' ? importReleased(context) : importExported(context)),
});

async function importReleased(context: StageContext): Promise<StageResult> {
  const checkpoint = await openCheckpoint(context.inputs.file);
  try {
    const { config, arrays, sources, leftOut } = await readReleasedModel(checkpoint, context).catch(
      (error: unknown) => {
        throw namingFile(error, context.inputs.file);
      },
    );
    await writeLatentModel(context.outDir, { kind: 'vaegan', config }, arrays);
    await writeFileAtomic(
      join(context.outDir, reportFile),
      JSON.stringify({ format: `TensorFlow V${checkpoint.version}`, sources, leftOut }, null, 2),
    );
    return {
      summary: {
        format: `TensorFlow V${checkpoint.version}`,
        kind: 'vaegan',
        imageSize: config.imageSize,
        latentDim: config.latentDim,
        variables: checkpoint.variables.size,
        leftOut: leftOut.length,
        leftOutNames: leftOut,
      },
    };
  } finally {
    await checkpoint.close();
  }
}

/** What the network's code finds wrong knows no file. */
function namingFile(error: unknown, file: string): unknown {
  if (!(error instanceof FusiformError) || error.file !== undefined) return error;
  return new FusiformError(error.code, error.message, {
    file,
    ...(error.details === undefined ? {} : { details: error.details }),
  });
}

async function importExported(context: StageContext): Promise<StageResult> {
  const { file } = context.inputs;
  const { description, arrays } = parseModelFile(await readSafetensorsFile(file), file);
  await writeLatentModel(context.outDir, description, arrays);
  const { imageSize, latentDim } = description.kind === 'pca' ? description : description.config;
  return { summary: { format: 'safetensors', kind: description.kind, imageSize, latentDim } };
}
