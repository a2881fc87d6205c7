import { cp, mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { DemoSummary, ModelScores } from '../../shared/demo-summary.ts';
import type { Evaluation } from '../../shared/evaluation.ts';
import { publishedDecoder } from '../../shared/decoders.ts';
import type { OnJobEvent } from '../../shared/job-events.ts';
import { formatDuration } from '../../shared/progress-meter.ts';
import { groupRows } from '../decoding/group/rows.ts';
import { isWithout } from '../decoding/group/scores-of.ts';
import type { EngineKind } from '../engine/engine.ts';
import { writeJsonFile } from '../formats/json/json.ts';
import type { VaeGanConfig } from '../generative/vaegan/config.ts';
import { readEvaluation } from '../jobs/stages/evaluate.ts';
import { simulateStudyStage } from '../jobs/stages/simulate-study.ts';
import { type JobRecord, listJobs } from '../store/jobs.ts';
import { decodeSubject } from './decode.ts';
import { chooseEngine, describeChoice, type EngineRequest } from './engines.ts';
import { evaluateSubject } from './evaluate.ts';
import { importFaces } from './faces.ts';
import { encodeFaces } from './latents.ts';
import { fitPcaModel, trainModel, vaeGanConfigFor } from './models.ts';
import { defaultThresholds, examineSubject } from './quality.ts';
import { subjectReport } from './report/subject-report.ts';
import { writeReport } from './report/write-files.ts';
import { percent, publishedText } from './study/study-text.ts';
import { addSubject, type GlmSettingsInput } from './subjects.ts';
import { fitMap } from './voxels.ts';
import { type StageOutcome, Workspace } from './workspace.ts';

export interface DemoRequest {
  readonly outDir: string;
  readonly seed: number;
  readonly engine: EngineRequest;
  /** The null: event files that name other faces than were shown. */
  readonly shuffleEvents: boolean;
  readonly signal: AbortSignal;
  readonly onEvent: OnJobEvent;
}

export interface DemoResult {
  readonly summary: DemoSummary;
  readonly evaluations: { readonly vaegan: Evaluation; readonly pca: Evaluation };
  readonly outDir: string;
  readonly engineReason: string;
  /** True when nothing had to be computed. */
  readonly cached: boolean;
  /** What its last step found: the evaluation of the second model. */
  readonly last: StageOutcome;
}

/** The size of the simulated study; see docs/simulation.md for how it was chosen. */
const study = { nPortraits: 2400, nRuns: 24, testPresentations: 15, imageSize: 80 } as const;
const portraits = 'portraits';
const subject = '01';
const kinds = ['vaegan', 'pca'] as const;
/** Portraits that neither model trains on, for the pictures of the report. */
const heldOut = 0.02;
const crop = 0.8;
const demoGlm: GlmSettingsInput = {
  hrfModel: 'spm',
  driftModel: 'cosine',
  highPass: 0.01,
  driftOrder: 1,
  confounds: ['trans_x', 'trans_y', 'trans_z', 'rot_x', 'rot_y', 'rot_z'],
};

/**
 * The whole method on simulated data: makes a subject and a folder of portraits on the disk, then goes through every
 * step by the same calls that a lab's own data goes through.
 */
export async function runDemo({ outDir, signal, onEvent, ...request }: DemoRequest): Promise<DemoResult> {
  return Workspace.useOrCreate(resolve(outDir), 'Demo', { signal, onEvent }, (workspace) =>
    performDemo(workspace, request),
  );
}

/** The same in a project that is open; its pictures and its report stand in the project's folder. */
export async function performDemo(
  opened: Workspace,
  request: Pick<DemoRequest, 'seed' | 'engine' | 'shuffleEvents'>,
): Promise<DemoResult> {
  const outDir = opened.store.dir;
  const choice = await chooseEngine(request.engine);
  const engine = choice.kind;
  // The project may hold the jobs of other seeds too: what counts is what this demo went through.
  const keys = new Set<string>();
  const workspace = opened.alsoTelling((event) => keys.add(event.key));
  const stages: StageOutcome[] = [];
  const did = async (outcome: Promise<StageOutcome>) => {
    stages.push(await outcome);
    return stages[stages.length - 1];
  };
  const { seed, shuffleEvents } = request;
  const simulated = await did(simulate(workspace, seed, shuffleEvents));
  const bids = join(simulated.path, 'bids');
  const faces = join(simulated.path, 'faces');
  const config = demoConfig(engine);
  const { imageSize, latentDim } = config;
  await did(
    importFaces(workspace, {
      dir: faces,
      labels: [join(faces, 'labels.tsv')],
      name: portraits,
      imageSize,
      crop,
    }),
  );
  const training = { faces: portraits, engine, seed, heldOut };
  await did(trainModel(workspace, { ...training, name: 'vaegan', config }));
  await did(fitPcaModel(workspace, { ...training, name: 'pca', imageSize, latentDim }));
  await did(addSubject(workspace, { bids, subject }));
  await did(
    examineSubject(workspace, {
      subject,
      settings: demoGlm,
      thresholds: defaultThresholds,
      parquet: false,
    }),
  );
  for (const model of kinds) {
    await did(encodeFaces(workspace, { model, faces: portraits, engine }));
    await did(
      fitMap(workspace, {
        subject,
        model,
        engine,
        crop,
        settings: demoGlm,
        noise: 'ar1',
        faceRule: { kind: 'fdr', q: 0.05 },
        gainRule: { kind: 'fraction', keep: 2 / 3 },
        gainMeasure: 'f',
      }),
    );
    await did(decodeSubject(workspace, { subject, model, engine }));
    const { imagined, candidates } = simulated.summary as unknown as {
      imagined: string;
      candidates: string[];
    };
    await did(
      evaluateSubject(workspace, {
        subject,
        model,
        engine,
        seed,
        nPermutations: 10_000,
        gender: { faces: portraits, column: 'Male', positive: '1' },
        imagery: { imagined, candidates },
      }),
    );
  }
  const evaluations = {
    vaegan: await readEvaluation(workspace.entry('evaluation', `${subject}/vaegan`).path),
    pca: await readEvaluation(workspace.entry('evaluation', `${subject}/pca`).path),
  };
  const jobs = listJobs(workspace.store.sql).filter((job) => keys.has(job.key));
  const summary = summarise(jobs, evaluations, engine, request);
  await writeResults(workspace, outDir, summary);
  return {
    summary,
    evaluations,
    outDir,
    engineReason: describeChoice(choice),
    cached: stages.every((stage) => stage.cached),
    last: stages[stages.length - 1],
  };
}

function simulate(workspace: Workspace, seed: number, shuffleEvents: boolean): Promise<StageOutcome> {
  return workspace.run({
    stage: simulateStudyStage,
    label: 'simulate faces and a brain',
    parameters: { seed, shuffleEvents, ...study },
    inputs: {},
  });
}

/** What trains in a few minutes on two cores: 32 pixels on WebAssembly, 64 on the native engine. */
function demoConfig(engine: EngineKind): VaeGanConfig {
  if (engine === 'wasm') return vaeGanConfigFor('tiny');
  // Far fewer steps than the preset's; most of them of the warm-up, where a step costs a third.
  const small = vaeGanConfigFor('small');
  return { ...small, schedule: { ...small.schedule, warmupSteps: 1000, adversarialSteps: 160 } };
}

function summarise(
  jobs: readonly JobRecord[],
  { vaegan, pca }: DemoResult['evaluations'],
  engine: EngineKind,
  { seed, shuffleEvents }: Pick<DemoRequest, 'seed' | 'shuffleEvents'>,
): DemoSummary {
  const all = vaegan.regions[0];
  const temporal = vaegan.regions.find(({ name }) => name === 'temporal') ?? all;
  return {
    engine,
    seconds: jobs.reduce((sum, job) => sum + job.seconds, 0),
    peakRssBytes: Math.max(...jobs.map((job) => job.peakRssBytes)),
    seed,
    models: { vaegan: modelScores(vaegan), pca: modelScores(pca) },
    gender: { accuracy: all.gender?.value ?? Number.NaN, p: all.gender?.p ?? Number.NaN },
    imagery: {
      pairwise: temporal.imagery?.value ?? Number.NaN,
      p: temporal.imagery?.p ?? Number.NaN,
      region: temporal.name,
    },
    regions: vaegan.regions
      .filter(({ name, excluded }) => name !== all.name && excluded === undefined)
      .map(({ name, pairwise }) => ({ name, pairwise: pairwise.value ?? Number.NaN })),
    shuffledEvents: shuffleEvents,
  };
}

function modelScores({ regions: [all], decoded }: Evaluation): ModelScores {
  return {
    pairwise: all.pairwise.value ?? Number.NaN,
    pairwiseP: all.pairwise.p ?? Number.NaN,
    nWay: all.nWay.value ?? Number.NaN,
    ssim: decoded?.ssim.value ?? Number.NaN,
    pixCorr: decoded?.pixCorr.value ?? Number.NaN,
  };
}

async function writeResults(workspace: Workspace, outDir: string, summary: DemoSummary): Promise<void> {
  const reconstructions = join(outDir, 'reconstructions');
  await rm(reconstructions, { recursive: true, force: true });
  for (const model of kinds) {
    const from = join(workspace.entry('decoding', `${subject}/${model}`).path, 'reconstructions');
    await mkdir(join(reconstructions, model), { recursive: true });
    await cp(from, join(reconstructions, model), { recursive: true });
  }
  await writeJsonFile(join(outDir, 'summary.json'), summary);
  const { shuffledEvents, engine, seconds, peakRssBytes } = summary;
  const report = await subjectReport(workspace, subject, {
    title: shuffledEvents ? 'Fusiform demo, shuffled events' : 'Fusiform demo',
    lead: `${shuffledEvents ? 'The event files of this run were shuffled: everything below should be at chance. ' : ''}Simulated subject, computed on the engine ${engine} in ${formatDuration(seconds)} with at most ${(peakRssBytes / 2 ** 30).toFixed(2)} GiB.`,
  });
  await writeReport(report, outDir, workspace.signal);
}

/** Rows of score, VAE-GAN, published, PCA, published. */
export function scoreRows(evaluations: DemoResult['evaluations']): string[][] {
  const both = [evaluations.vaegan, evaluations.pca].map((evaluation) => ({
    subject,
    decoder: publishedDecoder,
    evaluation,
  }));
  return groupRows(both, [subject])
    .filter(({ region }) => !isWithout(region))
    .map(({ label, cells }) => [
      label,
      ...cells.flatMap((cell) => [percent(cell.mean), publishedText(cell)]),
    ]);
}
