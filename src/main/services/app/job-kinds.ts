import { basename } from 'node:path';
import type { JobKind, JobRequest } from '../../../shared/contract/job-requests.ts';
import { FusiformError } from '../../../shared/errors.ts';
import { findAttributeAxes } from '../attributes.ts';
import { decodeSubject } from '../decode.ts';
import { fitDecoders } from '../decoders.ts';
import { performDemo } from '../demo.ts';
import { evaluateSubject } from '../evaluate.ts';
import { importFaces } from '../faces.ts';
import { findNearestTraining } from '../gallery/nearest.ts';
import { encodeFaces } from '../latents.ts';
import { importModel } from '../model-transfer.ts';
import { fitPcaModel, trainModel } from '../models.ts';
import { decodeFile, decodeRuns } from '../offline-decoding.ts';
import { defaultThresholds, examineSubject } from '../quality.ts';
import { parseOptions } from '../study-request.ts';
import { addSubject } from '../subjects.ts';
import { vaeGanConfigFor } from '../training-config.ts';
import { estimateTraining } from '../training-estimate.ts';
import { fitMap, previewVoxels } from '../voxels.ts';
import { mapWeights } from '../weight-maps.ts';
import type { Workspace } from '../workspace.ts';
import { evaluationJobs } from './evaluation-jobs.ts';
import { parseSettings } from './glm-settings.ts';
import { engineOf, type JobDefinition, type JobResult, type Request } from './job-definition.ts';
import { trainingRequest } from '../training-request.ts';

/** What the queue can be asked for, each by the use case that the command line calls too. */
const definitions: { readonly [Kind in JobKind]: JobDefinition<Kind> } = {
  'import-faces': {
    label: ({ name }) => `Import faces "${name}"`,
    run: (workspace, { kind: _, ...request }) => importFaces(workspace, request),
  },
  'train-model': {
    label: ({ name, network }) => `Train ${network === 'vae' ? 'VAE' : 'VAE-GAN'} "${name}"`,
    async run(workspace, request) {
      const training = await trainingRequest(workspace, request, await engineOf(request));
      // As many faces at a time as fit; a rehearsal of steps belongs to the screen that asks before.
      const { microBatch } = await estimateTraining(workspace, { ...training, rehearse: false });
      return trainModel(workspace, { ...training, fittingMicroBatch: microBatch });
    },
  },
  'fit-pca': {
    label: ({ name }) => `Fit PCA "${name}"`,
    async run(workspace, request) {
      const { faces, name, seed, heldOut, latents } = request;
      const { imageSize, latentDim } = vaeGanConfigFor(
        request.preset,
        latents === undefined ? {} : { latents },
      );
      const engine = await engineOf(request);
      return fitPcaModel(workspace, { faces, name, engine, seed, heldOut, imageSize, latentDim });
    },
  },
  'import-model': {
    label: ({ name }) => `Import model "${name}"`,
    run: (workspace, { path, name }) => importModel(workspace, { path, name }),
  },
  'encode-faces': {
    label: ({ model, faces }) => `Encode "${faces}" by "${model}"`,
    run: async (workspace, request) =>
      encodeFaces(workspace, { ...request, engine: await engineOf(request) }),
  },
  'attribute-axes': {
    label: ({ model, faces }) => `Attributes of "${faces}" in "${model}"`,
    run: async (workspace, request) =>
      findAttributeAxes(workspace, {
        ...request,
        numbers: [],
        classes: [],
        engine: await engineOf(request),
      }),
  },
  'add-subject': {
    label: ({ subject }) => `Read subject ${subject}`,
    check: ({ index }) => void parseOptions(index ?? {}),
    run: (workspace, { kind: _, index, ...request }) =>
      addSubject(workspace, { ...request, ...(index === undefined ? {} : { index: parseOptions(index) }) }),
  },
  'examine-subject': {
    label: ({ subject }) => `Quality of subject ${subject}`,
    check: ({ settings }) => void parseSettings(settings),
    run: (workspace, { subject, settings }) =>
      examineSubject(workspace, {
        subject,
        settings: parseSettings(settings),
        thresholds: defaultThresholds,
        parquet: false,
      }),
  },
  'fit-map': {
    label: ({ subject, model }) => `Fit the mapping of subject ${subject}, "${model}"`,
    check: ({ settings }) => void parseSettings(settings),
    run: async (workspace, { kind: _, settings, ...request }) =>
      fitMap(workspace, { ...request, settings: parseSettings(settings), engine: await engineOf(request) }),
  },
  'preview-voxels': {
    label: ({ subject, model }) => `Voxels that remain of subject ${subject}, "${model}"`,
    check: ({ settings }) => void parseSettings(settings),
    run: async (workspace, { kind: _, settings, ...request }) =>
      previewVoxels(workspace, {
        ...request,
        settings: parseSettings(settings),
        engine: await engineOf(request),
      }),
  },
  'fit-decoders': {
    label: ({ subject, model, decoders }) => `Fit ${decoders.join(', ')} of subject ${subject}, "${model}"`,
    check: ({ settings }) => void parseSettings(settings),
    async run(workspace, { kind: _, settings, ...request }) {
      const { mapping, decoders } = await fitDecoders(workspace, {
        ...request,
        settings: parseSettings(settings),
        engine: await engineOf(request),
      });
      const last = decoders.at(-1) ?? mapping;
      return { ...last, problems: [mapping, ...decoders].flatMap(({ problems }) => problems) };
    },
  },
  'decode-subject': {
    label: ({ subject, model }) => `Decode subject ${subject} by "${model}"`,
    run: async (workspace, { kind: _, ...request }) =>
      decodeSubject(workspace, { ...request, engine: await engineOf(request) }),
  },
  'decode-runs': {
    label: ({ subject, model, decoder, runs }) =>
      `Decode ${runs.length === 1 ? runs[0] : `${runs.length} new runs`} of subject ${subject} by "${model}", ${decoder}`,
    check: ({ index }) => void parseOptions(index ?? {}),
    run: async (workspace, { kind: _, index, ...request }) =>
      decodeRuns(workspace, {
        ...request,
        ...(index === undefined ? {} : { index: parseOptions(index) }),
        engine: await engineOf(request),
      }),
  },
  'decode-file': {
    label: ({ file, model, decoder }) => `Decode ${basename(file)} by "${model}", ${decoder}`,
    run: async (workspace, { kind: _, ...request }) =>
      decodeFile(workspace, { ...request, engine: await engineOf(request) }),
  },
  'evaluate-subject': {
    label: ({ subject, model }) => `Evaluate subject ${subject}, "${model}"`,
    run: async (workspace, { kind: _, permutations, ...request }) =>
      evaluateSubject(workspace, {
        ...request,
        nPermutations: permutations,
        engine: await engineOf(request),
      }),
  },
  ...evaluationJobs,
  'map-weights': {
    label: ({ subject, model }) => `Weight maps of subject ${subject}, "${model}"`,
    check: refuseNoTarget,
    run: async (workspace, { kind: _, ...request }) =>
      mapWeights(workspace, { ...request, engine: await engineOf(request) }),
  },
  'nearest-training': {
    label: ({ subject, model }) => `Nearest training faces of subject ${subject}, "${model}"`,
    run: async (workspace, { kind: _, ...request }) =>
      findNearestTraining(workspace, { ...request, engine: await engineOf(request) }),
  },
  demo: {
    label: () => 'Demo: the whole method on a simulated subject',
    run: async (workspace, { seed, engine }) =>
      (await performDemo(workspace, { seed, engine, shuffleEvents: false })).last,
  },
};

function refuseNoTarget({ latents, attributes, testFaces }: Request<'map-weights'>): void {
  if (latents.length + attributes.length + testFaces.length > 0) return;
  throw new FusiformError('PARAMETERS_INVALID', 'No latent, attribute or test face is named to be mapped.');
}

export function labelOf(request: JobRequest): string {
  return definitionOf(request).label(request);
}

/** @throws FusiformError PARAMETERS_INVALID where the request could never run */
export function checkRequest(request: JobRequest): void {
  definitionOf(request).check?.(request);
}

export function performRequest(workspace: Workspace, request: JobRequest): Promise<JobResult> {
  return definitionOf(request).run(workspace, request);
}

/** The definition of a request's own kind. The compiler cannot see that key and value belong together. */
function definitionOf(request: JobRequest): JobDefinition<JobKind> {
  return definitions[request.kind] as unknown as JobDefinition<JobKind>;
}
