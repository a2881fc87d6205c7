import { isAbsolute } from 'node:path';
import type { JobKind } from '../../../shared/contract/job-requests.ts';
import { publishedDecoder } from '../../../shared/decoders.ts';
import { FusiformError } from '../../../shared/errors.ts';
import { compareRegions } from '../compare-regions.ts';
import { readDecodedAttributes } from '../decoded-attributes.ts';
import { readImagery } from '../imagery.ts';
import { learningCurveOf } from '../learning-curve.ts';
import { writeReports } from '../report/index.ts';
import { ensureGroup, groupOfProject } from '../study/group.ts';
import { reliabilityOfVoxels } from '../voxels.ts';
import { parseSettings } from './glm-settings.ts';
import { engineOf, type JobDefinition } from './job-definition.ts';

type EvaluationKind = Extract<
  JobKind,
  | 'read-attributes'
  | 'read-imagery'
  | 'compare-regions'
  | 'learning-curve'
  | 'voxel-reliability'
  | 'group-results'
  | 'write-report'
>;

const whose = ({ subject, model, decoder }: { subject: string; model: string; decoder: string }) =>
  `subject ${subject}, "${model}"${decoder === publishedDecoder ? '' : `, ${decoder}`}`;

/** What can be asked of codes that were decoded. */
export const evaluationJobs: { readonly [Kind in EvaluationKind]: JobDefinition<Kind> } = {
  'read-attributes': {
    label: (request) => `Attributes of ${whose(request)}`,
    run: async (workspace, { kind: _, permutations, ...request }) =>
      readDecodedAttributes(workspace, {
        ...request,
        numbers: [],
        classes: [],
        nPermutations: permutations,
        engine: await engineOf(request),
      }),
  },
  'read-imagery': {
    label: (request) => `Imagery of ${whose(request)}`,
    run: async (workspace, { kind: _, ...request }) =>
      readImagery(workspace, { ...request, engine: await engineOf(request) }),
  },
  'compare-regions': {
    label: (request) => `Regions of ${whose(request)}`,
    run: (workspace, { kind: _, ...request }) => compareRegions(workspace, request),
  },
  'learning-curve': {
    label: ({ subject, model }) => `Learning curve of subject ${subject}, "${model}"`,
    check: ({ settings }) => void parseSettings(settings),
    run: async (workspace, { kind: _, settings, ...request }) =>
      learningCurveOf(workspace, {
        ...request,
        settings: parseSettings(settings),
        gainMeasure: 'f',
        engine: await engineOf(request),
      }),
  },
  'voxel-reliability': {
    label: ({ subject }) => `Reliability of the voxels of subject ${subject}`,
    check({ settings, sets }) {
      parseSettings(settings);
      if (sets % 2 !== 0) throw new FusiformError('PARAMETERS_INVALID', 'Sets of runs are an even number.');
    },
    run: (workspace, { kind: _, settings, ...request }) =>
      reliabilityOfVoxels(workspace, { ...request, settings: parseSettings(settings) }),
  },
  'group-results': {
    label: ({ name }) => `Group results "${name}"`,
    run: (workspace, { name }) => groupOfProject(workspace, name),
  },
  'write-report': {
    label: ({ subject }) => (subject === undefined ? 'Report of the study' : `Report of subject ${subject}`),
    check({ outDir }) {
      if (!isAbsolute(outDir))
        throw new FusiformError('PARAMETERS_INVALID', 'A report is written to a folder with its whole path.');
    },
    async run(workspace, { kind: _, ...request }) {
      if (request.subject === undefined) await ensureGroup(workspace, request.study);
      const { page, tables, figures, subjects } = await writeReports(workspace, request);
      const summary = { page, tables: [...tables], figures: [...figures], subjects: subjects.length };
      // Files in a folder of the user's: no artefact of the project.
      return { key: '', hash: '', cached: false, summary, problems: [] };
    },
  },
};
