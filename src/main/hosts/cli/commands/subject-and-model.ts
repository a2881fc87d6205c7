import type { Command } from 'commander';
import { engineOption, projectOption } from '../options.ts';

/** Options of every command that works on a subject of the project. */
export function ofSubject(command: Command): Command {
  return command
    .requiredOption('--subject <label>', 'subject, as `subject add` named it')
    .addOption(projectOption());
}

/** ... through a latent model. */
export function subjectAndModel(command: Command): Command {
  return ofSubject(command).option('--model <name>', 'latent model', 'vaegan').addOption(engineOption());
}
