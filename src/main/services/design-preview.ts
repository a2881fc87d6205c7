import { FusiformError } from '../../shared/errors.ts';
import { buildDesign, type ColumnRole } from '../glm/design.ts';
import { frameTimes, openRun } from '../jobs/stages/bold-run.ts';
import {
  designOptions,
  type GlmSettingsInput,
  needsConfounds,
  parseGlmSettings,
} from '../jobs/stages/glm-settings.ts';
import { readSubjectIndex } from '../jobs/stages/index-subject.ts';
import { modelledEvents, regressorOf } from '../jobs/stages/roles.ts';
import { designQuality, strongestPairs } from '../qc/design-quality.ts';
import { collectRuns } from './bids-inputs.ts';
import { parseOptions } from './study-request.ts';
import { studyOf } from './subjects.ts';
import type { Workspace } from './workspace.ts';

export interface DesignPreview {
  readonly run: string;
  /** Seconds. */
  readonly tR: number;
  readonly nVolumes: number;
  readonly names: readonly string[];
  readonly roles: readonly ColumnRole[];
  /** [nVolumes, names] */
  readonly values: Float64Array;
  /** By column, 1 / (1 - R2); null for a combination of others. */
  readonly inflation: readonly (number | null)[];
  readonly strongest: readonly { readonly a: string; readonly b: string; readonly r: number }[];
}

/** Pairs of columns that are named. */
const listedPairs = 10;

/**
 * The design matrix of a run of a subject as the encoding model has it, without the latents: they modulate `face`, a column
 * each, and are known once the pictures were encoded.
 *
 * @throws FusiformError NAME_UNKNOWN, PARAMETERS_INVALID, what opening the run throws
 */
export async function previewDesign(
  workspace: Workspace,
  request: { readonly subject: string; readonly run: string; readonly settings: GlmSettingsInput },
): Promise<DesignPreview> {
  const settings = parseGlmSettings(request.settings);
  const { source, options } = studyOf(workspace, request.subject);
  const index = await readSubjectIndex(workspace.entry('subject', request.subject).path);
  // No result hangs on these files: their contents need no names.
  const collected = await collectRuns(
    source,
    { subject: request.subject, task: index.task },
    async () => '',
    {
      confounds: needsConfounds(settings),
      index: parseOptions(options),
      ...(index.eventColumns === null ? {} : { eventColumns: index.eventColumns }),
    },
  );
  const spec = collected.specs.find(({ name }) => name === request.run);
  if (spec === undefined) {
    const names = collected.specs.map(({ name }) => name).join(', ');
    throw new FusiformError('NAME_UNKNOWN', `The subject has no run "${request.run}" (it has: ${names}).`);
  }
  const inputs = Object.fromEntries(Object.entries(collected.inputs).map(([name, { path }]) => [name, path]));
  const run = await openRun(spec, settings, { inputs });
  const design = buildDesign({
    ...designOptions(settings),
    frameTimes: frameTimes(run.series.nVolumes, run.tR, settings.sliceTimeReference),
    events: modelledEvents(run.events.rows, index.roles).map((event) => ({
      onset: event.onset,
      duration: event.duration,
      trialType: regressorOf(event, index.roles, run.events.file),
    })),
    ...(run.confounds ? { confounds: run.confounds } : {}),
  });
  const quality = designQuality(design.columns);
  const places = new Map(quality.columns.map((column, at) => [column, at]));
  return {
    run: run.name,
    tR: run.tR,
    nVolumes: run.series.nVolumes,
    names: design.names,
    roles: design.roles,
    values: design.columns.data,
    inflation: design.names.map((_, column) => {
      const at = places.get(column);
      // What does not vary (the constant) is like no other.
      const value = at === undefined ? 1 : quality.vif[at];
      return Number.isFinite(value) ? value : null;
    }),
    strongest: strongestPairs(quality, listedPairs).map(({ a, b, r }) => ({
      a: design.names[a],
      b: design.names[b],
      r,
    })),
  };
}
