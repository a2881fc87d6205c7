import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { hashFile } from '../formats/files/read.ts';
import { hashCheckpoint, locateCheckpoint } from '../formats/tf-checkpoint/locate.ts';
import { importModelStage } from '../jobs/stages/import-model.ts';
import { exportModelFile } from '../jobs/stages/model-file.ts';
import type { StageOutcome, Workspace } from './workspace.ts';

/**
 * Takes in a model that was trained elsewhere: a `.safetensors` file of `exportModel`, or a TensorFlow checkpoint of
 * the released VAE-GAN (its prefix, `.index`, single file, or folder).
 */
export async function importModel(
  workspace: Workspace,
  request: { readonly path: string; readonly name: string },
): Promise<StageOutcome> {
  const path = resolve(request.path);
  const source = path.endsWith('.safetensors') ? 'safetensors' : 'tensorflow';
  const hash =
    source === 'safetensors' ? await hashFile(path) : await hashCheckpoint(await locateCheckpoint(path));
  return workspace.run({
    stage: importModelStage,
    label: `import model "${request.name}"`,
    parameters: { source },
    inputs: { file: { path, hash } },
    entry: { kind: 'model', name: request.name, source: path },
  });
}

export interface ExportedModel {
  readonly file: string;
  readonly kind: string;
  readonly bytes: number;
}

/** Writes a model as one file that holds weights and configuration. Whole or not at all. */
export async function exportModel(
  workspace: Workspace,
  request: { readonly model: string; readonly out: string },
): Promise<ExportedModel> {
  const file = resolve(request.out);
  const { kind } = await exportModelFile(workspace.entry('model', request.model).path, file);
  return { file, kind, bytes: (await stat(file)).size };
}
