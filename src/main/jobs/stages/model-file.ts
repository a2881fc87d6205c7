import { join } from 'node:path';
import { FusiformError } from '../../../shared/errors.ts';
import { readJsonFile } from '../../formats/json/json.ts';
import {
  readSafetensorsFile,
  type Safetensors,
  writeSafetensorsFile,
} from '../../formats/safetensors/safetensors.ts';
import { assertPcaArrays } from '../../generative/pca/model.ts';
import { assertVaeGanArrays } from '../../generative/vaegan/model.ts';
import type { NamedArrays } from '../../math/nd-array.ts';
import { descriptionSchema, type ModelDescription, modelFiles } from './latent-model-files.ts';

/** The entry of the metadata that holds a model's description as JSON. */
const descriptionKey = 'fusiform.model';

/** Writes a model of the project as one file that holds all of it. @param folder the model's artefact. */
export async function exportModelFile(folder: string, path: string): Promise<ModelDescription> {
  const description = descriptionSchema.parse(await readJsonFile(join(folder, modelFiles.description)));
  const { arrays } = await readSafetensorsFile(join(folder, modelFiles.weights));
  await writeSafetensorsFile(path, arrays, {
    [descriptionKey]: JSON.stringify(description),
    kind: description.kind,
  });
  return description;
}

/**
 * A model from the file that `exportModelFile` wrote, checked: its configuration is valid, and every array that it
 * needs is there and of the right shape.
 *
 * @throws FusiformError MODEL_INVALID
 */
export function parseModelFile(
  { arrays, metadata }: Safetensors,
  file: string,
): { description: ModelDescription; arrays: NamedArrays } {
  const text = metadata[descriptionKey];
  if (text === undefined) {
    throw invalid('it does not say what model it holds; only files of `fusiform model export` do', file);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid('its description of the model is no JSON', file, error);
  }
  const parsed = descriptionSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(
      `its description of the model is not valid (${issue?.path.join('.')}: ${issue?.message})`,
      file,
    );
  }
  try {
    if (parsed.data.kind === 'pca') assertPcaArrays(parsed.data, arrays);
    else assertVaeGanArrays(parsed.data.config, arrays);
  } catch (error) {
    throw error instanceof FusiformError ? new FusiformError(error.code, error.message, { file }) : error;
  }
  return { description: parsed.data, arrays };
}

function invalid(why: string, file: string, cause?: unknown): FusiformError {
  return new FusiformError('MODEL_INVALID', `This file cannot be imported as a model: ${why}.`, {
    file,
    cause,
  });
}
