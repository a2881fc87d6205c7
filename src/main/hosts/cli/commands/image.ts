import { type Command, Option } from 'commander';
import { type Interpolation, resampleImage, turnToRas, type WrittenImage } from '../../../services/images.ts';
import type { MakeTerminal, Terminal } from '../terminal.ts';

export function addImageCommands(program: Command, makeTerminal: MakeTerminal): void {
  const image = program.command('image').description('volumes on other grids and in other orientations');

  image
    .command('resample')
    .description('put an image of one volume on the grid of another image, as is done with masks and atlases')
    .argument('<image>')
    .requiredOption('--like <image>', 'image whose grid is wanted, such as a run')
    .requiredOption('--out <file>', 'NIfTI file to write, float32')
    .addOption(
      new Option('--interpolation <kind>', 'nearest for labels and masks, linear for what can be averaged')
        .choices(['nearest', 'linear'])
        .default('nearest'),
    )
    .addHelpText(
      'after',
      '\nExample:\n  fusiform image resample aparc.nii.gz --like run-01_bold.nii.gz --out aparc_bold.nii.gz',
    )
    .action(async (file: string, options: { like: string; out: string; interpolation: Interpolation }) => {
      const terminal = makeTerminal();
      show(terminal, await resampleImage(file, options.like, options.out, options.interpolation));
    });

  image
    .command('to-ras')
    .description(
      'turn the axes of an image of one volume towards right, anterior, superior; nothing is interpolated',
    )
    .argument('<image>')
    .requiredOption('--out <file>', 'NIfTI file to write, float32')
    .addHelpText('after', '\nExample:\n  fusiform image to-ras anat.nii.gz --out anat_ras.nii.gz')
    .action(async (file: string, options: { out: string }) => {
      const terminal = makeTerminal();
      show(terminal, await turnToRas(file, options.out));
    });
}

function show(terminal: Terminal, written: WrittenImage): void {
  for (const problem of written.problems) terminal.note(`${problem.code}: ${problem.message}`);
  terminal.result(
    written,
    ({ file, shape, orientation }) =>
      `${file}: ${shape.join(' x ')}, ${orientation.from} to ${orientation.to}`,
  );
}
