import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DemoSummary } from '../../../shared/demo-summary.ts';
import type { Evaluation } from '../../../shared/evaluation.ts';
import { pictureName } from '../../jobs/evaluation/picture-scores.ts';
import { faceName } from '../../jobs/stages/roles.ts';
import type { JobRecord } from '../../store/jobs.ts';
import type { StageOutcome, Workspace } from '../workspace.ts';
import { lossPoints } from './loss-curves.ts';
import { type GalleryRow, reportPage } from './page.ts';
import { qualitySection } from './quality-section.ts';

export interface DemoReportRequest {
  readonly summary: DemoSummary;
  readonly evaluations: { readonly vaegan: Evaluation; readonly pca: Evaluation };
  readonly subject: string;
  readonly quality: StageOutcome;
  /** What the demo went through, in order. */
  readonly jobs: readonly JobRecord[];
}

/** The page of quality control, beside the report. */
export const qualityPageName = 'quality.html';

/** Gathers what the report shows from the project's artefacts. */
export async function demoReport(workspace: Workspace, request: DemoReportRequest): Promise<string> {
  const { summary, evaluations, subject, jobs } = request;
  const models = await Promise.all(
    (['vaegan', 'pca'] as const).map(async (model) => {
      const { path, summary: facts } = workspace.entry('model', model);
      const held = facts.heldOut as { faces: number; ssim: number; pixCorr: number };
      return {
        model: model === 'vaegan' ? 'VAE-GAN' : 'PCA',
        png: await readFile(join(path, 'held-out.png')),
        scores: `${held.faces} portraits: SSIM ${held.ssim.toFixed(3)}, pixel correlation ${held.pixCorr.toFixed(3)}.`,
      };
    }),
  );
  const imagined = imaginedFace(jobs);
  return reportPage({
    title: summary.shuffledEvents ? 'Fusiform demo, shuffled events' : 'Fusiform demo',
    summary,
    evaluations,
    gallery: await Promise.all(
      evaluations.vaegan.faces.map(({ stimulus }) => galleryRow(workspace, subject, stimulus, stimulus)),
    ),
    imagery: imagined === null ? null : await galleryRow(workspace, subject, faceName(imagined), 'imagery'),
    losses: await lossPoints(workspace.entry('model', 'vaegan').path),
    heldOut: models,
    quality: await qualitySection(request.quality, qualityPageName),
    methods: methodsOf(jobs, evaluations.vaegan),
    stages: jobs.map(({ label, seconds }) => ({ label, seconds })),
  });
}

type Jobs = readonly JobRecord[];

/** A row of the gallery: the picture shown, the model's own reconstruction, and what was decoded. */
async function galleryRow(
  workspace: Workspace,
  subject: string,
  stimulus: string,
  name: string,
): Promise<GalleryRow> {
  const picture = (kind: 'decoding' | 'evaluation', model: string, folder: string) =>
    readFile(join(workspace.entry(kind, `${subject}/${model}`).path, folder, pictureName(name)));
  return {
    stimulus,
    original: await picture('evaluation', 'vaegan', 'original'),
    ownVaegan: await picture('evaluation', 'vaegan', 'own'),
    decodedVaegan: await picture('decoding', 'vaegan', 'reconstructions'),
    decodedPca: await picture('decoding', 'pca', 'reconstructions'),
  };
}

/** The imagined face, as the evaluation was told it. */
function imaginedFace(jobs: Jobs): string | null {
  const imagery = jobs.find((job) => job.stage === 'evaluate')?.parameters.imagery as {
    imagined: string;
  } | null;
  return imagery?.imagined ?? null;
}

function methodsOf(jobs: Jobs, evaluation: Evaluation): string[] {
  const summaryOf = (stage: string) => jobs.find((job) => job.stage === stage)?.summary ?? {};
  const parametersOf = (stage: string) => jobs.find((job) => job.stage === stage)?.parameters ?? {};
  const study = summaryOf('simulate-study');
  const subject = summaryOf('index-subject');
  const training = summaryOf('train-vaegan');
  const encoding = summaryOf('fit-encoding');
  const mapping = summaryOf('fit-mapping');
  const settings = parametersOf('fit-encoding').settings as {
    hrfModel: string;
    highPass: number;
    confounds: string[];
  };
  return [
    `A VAE-GAN with ${evaluation.model.latentDim} latents was trained for ${training.steps} steps on ${training.trainingFaces} unlabelled portraits of ${study.portraits} simulated people; PCA with as many components served as baseline. No face of the scanner study was among them.`,
    `The simulated subject saw ${study.trainingFaces} training faces once and ${study.testFaces} test faces several times in ${subject.runs} runs (${subject.volumes} volumes). Voxels answer to the drawing parameters of a face through a non-linearity that the decoder is not told; noise is autocorrelated, with drift, head motion and a global component.`,
    `One general linear model over all runs (HRF ${settings.hrfModel}, cosine drift below ${settings.highPass} Hz, ${settings.confounds.length} motion parameters, noise AR(1) with one coefficient a run) held fixation, the training face, its latents as parametric modulators, one regressor a test face, one-back repeats and imagery: ${encoding.regressors} regressors, ${encoding.voxels} grey-matter voxels.`,
    `Voxels were selected without the test faces, which have regressors of their own: ${mapping.respondToFaces} respond to faces (false discovery rate 0.05), ${mapping.gainFromLatents} are the two thirds whose variance the latents explain best; ${mapping.selected} are both. A test pattern y was decoded as x = y W'(W W')^-1, the bias dropped.`,
    `Scores: Pearson correlation in latent space; permutation of the test faces (10,000) for p, bootstrap over faces for intervals; SSIM on grey values with Gaussian weights (sigma 1.5), range 1. Gender: side of the mid-point between the mean codes of labelled men and women among the portraits.`,
  ];
}
