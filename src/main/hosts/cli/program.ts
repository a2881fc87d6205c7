import { Command, CommanderError } from 'commander';
import { FusiformError } from '../../../shared/errors.ts';
import { appVersion } from '../../../shared/version.ts';
import { addAttributesCommands } from './commands/attributes.ts';
import { addDecodeCommand } from './commands/decode.ts';
import { addDecoderCommands } from './commands/decoder.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addEngineCommands } from './commands/engine.ts';
import { addEvaluateCommand } from './commands/evaluate.ts';
import { addFacesCommands } from './commands/faces.ts';
import { addFigureCommands } from './commands/figure.ts';
import { addGlmCommands } from './commands/glm.ts';
import { addImageCommands } from './commands/image.ts';
import { addImageryCommand } from './commands/imagery.ts';
import { addInspectCommand } from './commands/inspect.ts';
import { addLearningCurveCommand } from './commands/learning-curve.ts';
import { addMapCommands } from './commands/map.ts';
import { addModelCommands } from './commands/model/index.ts';
import { addProjectCommands } from './commands/project.ts';
import { addPublishedCommands } from './commands/published.ts';
import { addQualityCommand } from './commands/quality.ts';
import { addRatingCommands } from './commands/rating.ts';
import { addRegionCommands } from './commands/regions.ts';
import { addReproduceCommand } from './commands/reproduce.ts';
import { addReportCommand } from './commands/report.ts';
import { addServeCommand } from './commands/serve.ts';
import { addSimulateCommands } from './commands/simulate.ts';
import { addStudyCommands } from './commands/study/index.ts';
import { addSubjectCommands } from './commands/subject/index.ts';
import { addVoxelCommands } from './commands/voxels.ts';
import { addMapsCommand } from './commands/weight-maps.ts';
import { exitCodeMeanings, exitCodeOf, exitCodes } from './exit-codes.ts';
import { type MakeTerminal, Terminal } from './terminal.ts';

/** Parses a command line, runs it, and answers with the exit code. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const cancel = new AbortController();
  const interrupts = onInterrupt(cancel);
  const terminal = new Terminal(argv.includes('--json'), cancel.signal);
  const program = buildProgram(() => terminal);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return terminal.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return exitCodes.ok;
      if (terminal.json) terminal.result({ error: usageProblem(error) }, () => '');
      return exitCodes.usage;
    }
    terminal.error(error);
    return exitCodeOf(error);
  } finally {
    interrupts.remove();
  }
}

function buildProgram(makeTerminal: MakeTerminal): Command {
  const program = new Command('fusiform')
    .description('Reconstructs faces from fMRI patterns, offline.')
    .version(appVersion, '-V, --version')
    .option('--json', 'print the result (or the error) as JSON on standard output')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(add --help for the options and examples)')
    .exitOverride();
  addDoctorCommand(program, makeTerminal);
  addEngineCommands(program, makeTerminal);
  addInspectCommand(program, makeTerminal);
  addImageCommands(program, makeTerminal);
  addProjectCommands(program, makeTerminal);
  addFacesCommands(program, makeTerminal);
  addModelCommands(program, makeTerminal);
  addSubjectCommands(program, makeTerminal);
  addQualityCommand(program, makeTerminal);
  addGlmCommands(program, makeTerminal);
  addVoxelCommands(program, makeTerminal);
  addRegionCommands(program, makeTerminal);
  addMapCommands(program, makeTerminal);
  addDecoderCommands(program, makeTerminal);
  addDecodeCommand(program, makeTerminal);
  addEvaluateCommand(program, makeTerminal);
  addLearningCurveCommand(program, makeTerminal);
  addAttributesCommands(program, makeTerminal);
  addStudyCommands(program, makeTerminal);
  addImageryCommand(program, makeTerminal);
  addMapsCommand(program, makeTerminal);
  addRatingCommands(program, makeTerminal);
  addReportCommand(program, makeTerminal);
  addFigureCommands(program, makeTerminal);
  addPublishedCommands(program, makeTerminal);
  addServeCommand(program, makeTerminal);
  addSimulateCommands(program, makeTerminal);
  addDemoCommand(program, makeTerminal);
  addReproduceCommand(program, makeTerminal);
  program.addHelpText('after', `\n${exitCodeHelp()}`);
  return program;
}

function exitCodeHelp(): string {
  const lines = exitCodeMeanings.map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`);
  return `Exit codes:\n${lines.join('\n')}`;
}

function usageProblem(error: CommanderError) {
  return new FusiformError('USAGE', error.message.replace(/^error: /, '')).toProblem();
}

/** The first Ctrl-C asks the work to stop at a safe place; a second, some time after, ends the process at once. */
function onInterrupt(cancel: AbortController): { remove(): void } {
  let first = 0;
  const interrupt = () => {
    const now = performance.now();
    if (first === 0) {
      first = now;
      process.stderr.write('\nStopping at the next safe place (Ctrl-C again to stop at once) ...\n');
      cancel.abort();
    } else if (now - first > 1000) {
      // A launcher may pass on the very signal that the terminal sent to both: only a later one is meant.
      process.exit(exitCodes.cancelled);
    }
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return {
    remove() {
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', interrupt);
    },
  };
}
