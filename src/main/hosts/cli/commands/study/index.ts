import type { Command } from 'commander';
import type { MakeTerminal } from '../../terminal.ts';
import { addStudyInitCommand } from './init.ts';
import { addStudyRunCommand } from './run.ts';

/** `fusiform study`: every subject in one command. */
export function addStudyCommands(program: Command, makeTerminal: MakeTerminal): void {
  const study = program.command('study').description('the whole analysis of every subject, and the group');
  addStudyInitCommand(study, makeTerminal);
  addStudyRunCommand(study, makeTerminal);
}
