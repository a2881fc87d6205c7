import type { Command } from 'commander';
import type { MakeTerminal } from '../../terminal.ts';
import { addAttributeCommands } from './attributes.ts';
import { addExploreCommands } from './explore.ts';
import { addLatentCommands } from './latents.ts';
import { addNeighbourCommands } from './neighbours.ts';
import { addTrainCommand } from './train.ts';
import { addTrainingCommands } from './training.ts';
import { addTransferCommands } from './transfer.ts';

export function addModelCommands(program: Command, makeTerminal: MakeTerminal): void {
  const model = program.command('model').description('latent models of faces: VAE-GAN, VAE and PCA');
  addTrainCommand(model, makeTerminal);
  addTrainingCommands(model, makeTerminal);
  addLatentCommands(model, makeTerminal);
  addExploreCommands(model, makeTerminal);
  addAttributeCommands(model, makeTerminal);
  addNeighbourCommands(model, makeTerminal);
  addTransferCommands(model, makeTerminal);
}
