import type { Command } from 'commander';
import { formatDuration } from '../../../../../shared/progress-meter.ts';
import { chooseEngine, type EngineRequest } from '../../../../services/engines.ts';
import {
  chanceTable,
  defaultStudyConfig,
  friedmanTable,
  groupTables,
  type PlannedStep,
  planStudy,
  readStudyConfig,
  runStudy,
  type StepReport,
  type StudyPlan,
  type StudyProgress,
  type StudyResult,
  studyConfigText,
  type TextTable,
} from '../../../../services/study/index.ts';
import { exitCodes } from '../../exit-codes.ts';
import { collect, engineOption, projectOption } from '../../options.ts';
import { type MakeTerminal, type Terminal, table } from '../../terminal.ts';
import { withWorkspace } from '../../with-workspace.ts';

interface RunOptions {
  readonly project: string;
  readonly config?: string;
  readonly bids?: string;
  readonly model?: string[];
  readonly engine: EngineRequest;
  readonly dryRun: boolean;
}

export function addStudyRunCommand(study: Command, makeTerminal: MakeTerminal): void {
  study
    .command('run')
    .description('roles, quality, mapping, decoding and scores of every subject; then the group')
    .option('--config <file>', 'the study file (see `study init`)')
    .option('--bids <dir>', 'without a file: the study (default: the subjects of the project)')
    .option('--model <name>', 'without a file: a latent model; may be given again (default: all)', collect)
    .option('--dry-run', 'list what is there, what would be computed, and about how long that takes', false)
    .addOption(projectOption())
    .addOption(engineOption())
    .addHelpText(
      'after',
      `
What the project holds already is not computed again: the same command goes on after a stop. A subject that fails is
listed with its reason, the others go on, and the exit code is ${exitCodes.input}.

Examples:
  fusiform study run --config study.toml --dry-run -p project
  fusiform study run --config study.toml -p project`,
    )
    .action((options: RunOptions) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const { kind: engine } = await chooseEngine(options.engine);
        const config =
          options.config === undefined
            ? defaultStudyConfig(workspace, {
                ...(options.bids === undefined ? {} : { bids: options.bids }),
                ...(options.model === undefined ? {} : { models: options.model }),
              })
            : await readStudyConfig(options.config);
        terminal.note(`${studyConfigText(config)}\nEngine: ${engine}\n`);
        if (options.dryRun) {
          const plan = await planStudy(workspace, { config, engine });
          terminal.result(plan, describePlan);
          if (plan.steps.some(({ state }) => state === 'refused')) terminal.exitCode = exitCodes.input;
          return;
        }
        const result = await runStudy(workspace, {
          config,
          engine,
          onStep: (progress) => terminal.note(describeStep(progress)),
        });
        showProblems(terminal, result.steps);
        terminal.result(result, describeResult);
        if (result.leftOut.length > 0) terminal.exitCode = exitCodes.input;
      }),
    );
}

function describeStep({ at, total, label, etaSeconds }: StudyProgress): string {
  const left = etaSeconds === null ? '' : `  (about ${formatDuration(etaSeconds)} left of the study)`;
  return `[${at}/${total}] ${label}${left}`;
}

function describePlan({ steps, estimate, isRough }: StudyPlan): string {
  const count = (state: PlannedStep['state']) => steps.filter((step) => step.state === state).length;
  return [
    table([
      ['step', 'state', 'about', 'first that is missing'],
      ...steps.map((step) => [
        step.label,
        step.state,
        step.state === 'to compute' ? formatDuration(step.estimate) : '',
        step.problem === null ? (step.next ?? '') : `${step.problem.code}: ${step.problem.message}`,
      ]),
    ]),
    '',
    `${count('cached')} steps are there, ${count('to compute')} would be computed, ${count('refused')} refused: about ${formatDuration(estimate)}${isRough ? ', roughly: nothing alike has been timed in this project' : ''}.`,
    'Nothing was computed.',
  ].join('\n');
}

/** More would push the tables off the screen. */
const listedProblems = 12;

/** What arose without stopping anything; once for each thing that is said. */
function showProblems(terminal: Terminal, steps: readonly StepReport[]): void {
  if (terminal.json) return;
  const said = new Set(
    steps
      .filter(({ state }) => state !== 'failed')
      .flatMap(({ subject, problems }) =>
        problems.map(({ code, message }) => `! ${subject}: ${code}: ${message}`),
      ),
  );
  for (const line of [...said].slice(0, listedProblems)) terminal.note(line);
  if (said.size > listedProblems) terminal.note(`! and ${said.size - listedProblems} more: --json lists all`);
}

function describeResult({ group, leftOut, subjects, steps }: StudyResult): string {
  const cached = steps.every(({ state }) => state === 'cached') && group?.cached === true;
  return [
    cached ? 'Nothing to do: every result was there already.\n' : '',
    ...(group === null
      ? []
      : [
          ...groupTables(group).map(asText),
          ...(group.chance.length > 0 ? [asText(chanceTable(group))] : []),
          ...(group.friedman.length > 0 ? [asText(friedmanTable(group))] : []),
          ...group.notes.map((note) => `Note: ${note}`),
          `Files: ${group.path}`,
        ]),
    ...leftOut.map(
      ({ subject, step, code, message }) => `Left out: ${subject}, ${step}: ${code}: ${message}`,
    ),
    leftOut.length === 0
      ? `Every subject is whole: ${subjects.join(', ')}.`
      : `${subjects.length} subjects, ${new Set(leftOut.map(({ subject }) => subject)).size} of them not whole.`,
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function asText({ title, rows }: TextTable): string {
  return `${title}\n${table(rows)}\n`;
}
