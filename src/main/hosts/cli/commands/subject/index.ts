import type { Command } from 'commander';
import type { MakeTerminal } from '../../terminal.ts';
import { addSubjectQualityCommand } from '../quality.ts';
import { addAddCommand } from './add.ts';
import { addCheckCommand } from './check.ts';
import { addListCommand } from './list.ts';
import { addRolesCommand } from './roles.ts';

export function addSubjectCommands(program: Command, makeTerminal: MakeTerminal): void {
  const subject = program.command('subject').description('people in the scanner');
  addAddCommand(subject, makeTerminal);
  addCheckCommand(subject, makeTerminal);
  addListCommand(subject, makeTerminal);
  addRolesCommand(subject, makeTerminal);
  addSubjectQualityCommand(subject, makeTerminal);
}
