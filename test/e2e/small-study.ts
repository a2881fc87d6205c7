import { join } from 'node:path';
import { simulateStudyStage } from '../../src/main/jobs/stages/simulate-study.ts';
import { decodeSubject } from '../../src/main/services/decode.ts';
import { evaluateSubject } from '../../src/main/services/evaluate.ts';
import { importFaces } from '../../src/main/services/faces.ts';
import { fitPcaModel, trainModel, vaeGanConfigFor } from '../../src/main/services/models.ts';
import { addSubject } from '../../src/main/services/subjects.ts';
import { fitMap } from '../../src/main/services/voxels.ts';
import { type StageOutcome, Workspace } from '../../src/main/services/workspace.ts';
import type { JobEvent } from '../../src/shared/job-events.ts';

/** The whole method in a few seconds: too little data for good scores, every step real. */
export async function runSmallStudy(
  dir: string,
  onEvent: (event: JobEvent) => void = () => undefined,
  signal: AbortSignal = new AbortController().signal,
): Promise<Record<string, StageOutcome>> {
  const engine = 'wasm';
  const subject = '01';
  const done: Record<string, StageOutcome> = {};
  return Workspace.useOrCreate(dir, 'small', { onEvent, signal }, async (workspace) => {
    done.study = await workspace.run({
      stage: simulateStudyStage,
      label: 'simulate',
      parameters: {
        seed: 1,
        nPortraits: 60,
        nRuns: 4,
        testPresentations: 3,
        shuffleEvents: false,
        imageSize: 40,
      },
      inputs: {},
    });
    const faces = join(done.study.path, 'faces');
    const bids = join(done.study.path, 'bids');
    done.faces = await importFaces(workspace, {
      dir: faces,
      labels: [join(faces, 'labels.tsv')],
      name: 'faces',
      imageSize: 32,
      crop: 0.8,
    });
    const shared = { faces: 'faces', engine, seed: 1, heldOut: 0.1 } as const;
    const config = vaeGanConfigFor('tiny', { latents: 4, steps: 12 });
    done.vaegan = await trainModel(workspace, { ...shared, name: 'vaegan', config, checkpointEverySteps: 2 });
    done.pca = await fitPcaModel(workspace, { ...shared, name: 'pca', imageSize: 32, latentDim: 4 });
    done.subject = await addSubject(workspace, { bids, subject });
    for (const model of ['vaegan', 'pca']) {
      done[`map ${model}`] = await fitMap(workspace, {
        subject,
        model,
        engine,
        crop: 0.8,
        settings: {
          hrfModel: 'spm',
          driftModel: 'cosine',
          highPass: 0.01,
          driftOrder: 1,
          confounds: ['trans_x', 'rot_z'],
        },
        noise: 'ar1',
        faceRule: { kind: 'fraction', keep: 0.5 },
        gainRule: { kind: 'fraction', keep: 0.5 },
        gainMeasure: 'f',
      });
      done[`decode ${model}`] = await decodeSubject(workspace, { subject, model, engine });
      const { imagined, candidates } = done.study.summary as { imagined: string; candidates: string[] };
      done[`evaluate ${model}`] = await evaluateSubject(workspace, {
        subject,
        model,
        engine,
        seed: 1,
        nPermutations: 200,
        gender: { faces: 'faces', column: 'Male', positive: '1' },
        imagery: { imagined, candidates },
      });
    }
    return done;
  });
}

// Run by itself, it tells its parent what happens, so that it can be killed at a chosen moment.
if (process.argv[1] === import.meta.filename) {
  await runSmallStudy(process.argv[2], (event) => process.send?.(event));
  process.disconnect?.();
}
