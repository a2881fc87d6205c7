import { FusiformError } from '../../../shared/errors.ts';
import type { LeftOut } from '../../../shared/group.ts';
import { readEvaluation } from '../../jobs/stages/evaluate.ts';
import { groupStatisticsStage } from '../../jobs/stages/group-statistics.ts';
import type { StageOutcome, Workspace } from '../workspace.ts';

export interface GroupRequest {
  /** Name of the study. */
  readonly name: string;
  /** In the order of the table; also those of which nothing came out. */
  readonly subjects: readonly string[];
  /** By their entries: `01/vaegan`. */
  readonly evaluations: readonly {
    readonly name: string;
    readonly subject: string;
    readonly decoder: string;
  }[];
  readonly leftOut: readonly LeftOut[];
}

/** Puts evaluated subjects side by side, and tests what they say together. */
export function groupStatistics(
  workspace: Workspace,
  { name: study, subjects, evaluations, leftOut }: GroupRequest,
): Promise<StageOutcome> {
  const named = evaluations.map((each) => ({ ...each, input: `evaluation ${each.name}` }));
  return workspace.run({
    stage: groupStatisticsStage,
    label: 'group statistics',
    parameters: {
      name: study,
      subjects: [...subjects],
      evaluations: named.map(({ input, subject, decoder }) => ({ input, subject, decoder })),
      leftOut: [...leftOut],
    },
    inputs: Object.fromEntries(named.map(({ input, name }) => [input, workspace.entry('evaluation', name)])),
    entry: { kind: 'group', name: study },
  });
}

/** The same of every subject that the project holds an evaluation of. @throws FusiformError NAME_UNKNOWN where there is none */
export async function groupOfProject(workspace: Workspace, name: string): Promise<StageOutcome> {
  const evaluations = await Promise.all(
    workspace.entries('evaluation').map(async (entry) => {
      const { subject, decoder } = await readEvaluation(workspace.entry('evaluation', entry.name).path);
      return { name: entry.name, subject, decoder };
    }),
  );
  if (evaluations.length === 0) {
    throw new FusiformError('NAME_UNKNOWN', 'Nothing of any subject has been evaluated yet.', {
      file: workspace.store.dir,
    });
  }
  const subjects = [...new Set(evaluations.map(({ subject }) => subject))];
  return groupStatistics(workspace, { name, subjects, evaluations, leftOut: [] });
}

/** Group statistics of everything that was evaluated, where the project has none under this name. @throws as `groupOfProject` */
export async function ensureGroup(workspace: Workspace, name: string): Promise<void> {
  if (!workspace.entries('group').some((entry) => entry.name === name)) await groupOfProject(workspace, name);
}
