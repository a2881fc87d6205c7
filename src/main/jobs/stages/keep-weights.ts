import { join } from 'node:path';
import { z } from 'zod';
import { writeJsonFile } from '../../formats/json/json.ts';
import { writeSafetensorsFile } from '../../formats/safetensors/safetensors.ts';
import { vaeGanConfigSchema } from '../../generative/vaegan/config.ts';
import { kindOf } from '../../generative/vaegan/model.ts';
import { defineStage } from '../stage.ts';
import { readCheckpointWeights } from '../training/checkpoint-files.ts';
import { modelFiles } from './latent-model-files.ts';

const parameters = z.strictObject({
  /** Of the training whose checkpoint it is. */
  config: vaeGanConfigSchema,
  model: z.string(),
  step: z.number().int(),
});

/** Checkpoint of an unfinished training (input `checkpoint`) -> its weights, to start other trainings from. */
export const keepWeightsStage = defineStage({
  name: 'keep-weights',
  version: 1,
  parameters,
  async run({ config, model, step }, { inputs, outDir }) {
    const weights = await readCheckpointWeights(inputs.checkpoint);
    await writeSafetensorsFile(join(outDir, modelFiles.weights), weights, { kind: kindOf(config) });
    await writeJsonFile(join(outDir, modelFiles.description), { kind: kindOf(config), config });
    return { summary: { model, step } };
  },
});
