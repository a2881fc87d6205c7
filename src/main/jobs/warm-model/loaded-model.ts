import { nearestNeighbours } from '../../decoding/neighbours.ts';
import type { EngineKind } from '../../engine/engine.ts';
import { codeStatistics } from '../../generative/code-statistics.ts';
import { gatherImages, imagesAtSize, type LatentModel, selectImages } from '../../generative/latent-model.ts';
import { decodeToPictures } from '../stages/decode-to-pictures.ts';
import { readFaceSet } from '../stages/face-set.ts';
import { loadLatentModel, modelFingerprint } from '../stages/latent-model-files.ts';
import { type Latents, readLatents, requireCodesOf } from '../stages/latents.ts';
import { drawCodes } from '../stages/sample-faces.ts';
import { WorkerEngine } from '../worker-engine.ts';
import type { WarmAnswers, WarmRequest, WarmTask } from './messages.ts';

/** Nobody watches or stops work that takes a fraction of a second. */
const unwatched = { report: () => undefined, signal: new AbortController().signal };

/** One latent model on one engine, and the codes that were looked through last. */
export class LoadedModel {
  readonly #engines = new WorkerEngine();
  #loaded: { readonly folder: string; readonly kind: EngineKind; readonly model: LatentModel } | null = null;
  #latents: { readonly folder: string; readonly latents: Latents } | null = null;

  async perform({ model: folder, engine, task }: WarmRequest): Promise<WarmAnswers[WarmTask['kind']]> {
    const model = await this.#load(folder, engine);
    switch (task.kind) {
      case 'decode': {
        const pictures = await decodeToPictures(model, task.codes, unwatched);
        return { imageSize: model.imageSize, pictures };
      }
      case 'encode': {
        const { latentDim, imageSize } = model;
        const faces = await readFaceSet(task.faces);
        try {
          const images = selectImages(imagesAtSize(faces.images, imageSize), task.indices);
          return { latentDim, codes: await model.encode(gatherImages(images)) };
        } finally {
          faces.close();
        }
      }
      case 'nearest': {
        const { codes } = await this.#codes(task.latents, folder, model.latentDim);
        const [found] = await nearestNeighbours(
          await this.#engines.open(engine),
          task.code,
          codes,
          model.latentDim,
          { k: task.count, by: task.by },
        );
        return found;
      }
      case 'statistics': {
        const { codes } = await this.#codes(task.latents, folder, model.latentDim);
        return codeStatistics(codes, model.latentDim);
      }
      case 'draw': {
        const fingerprint = await modelFingerprint(folder);
        const inputs = { model: folder, ...(task.latents === null ? {} : { latents: task.latents }) };
        return drawCodes({ latentDim: model.latentDim, fingerprint }, task, { inputs });
      }
    }
  }

  async close(): Promise<void> {
    this.#latents = null;
    this.#forgetModel();
    await this.#engines.close();
  }

  async #load(folder: string, kind: EngineKind): Promise<LatentModel> {
    if (this.#loaded?.folder === folder && this.#loaded.kind === kind) return this.#loaded.model;
    this.#forgetModel();
    const model = await loadLatentModel(folder, await this.#engines.open(kind));
    this.#loaded = { folder, kind, model };
    return model;
  }

  async #codes(folder: string, model: string, latentDim: number): Promise<Latents> {
    if (this.#latents?.folder !== folder) {
      const latents = await readLatents(folder);
      requireCodesOf({ latentDim, fingerprint: await modelFingerprint(model) }, latents, folder);
      this.#latents = { folder, latents };
    }
    return this.#latents.latents;
  }

  #forgetModel(): void {
    this.#loaded?.model.dispose();
    this.#loaded = null;
  }
}
