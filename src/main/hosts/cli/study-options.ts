import { type Command, Option } from 'commander';
import { type IndexOptions, layouts } from '../../services/study-request.ts';
import { collect } from './options.ts';

/** Options of every command that reads a study's runs. */
export interface StudyOptions {
  readonly layout?: IndexOptions['layout'];
  readonly derivatives?: string[];
  readonly space?: string;
  readonly res?: string;
  readonly prefix?: string;
}

export function withStudyOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--layout <kind>', 'how the study lies on the disk (default: as found)').choices(layouts),
    )
    .option(
      '--derivatives <dir>',
      'folder of preprocessed runs beside the study; may be given again',
      collect,
    )
    .option('--space <label>', 'space- of the runs; "native" for none (default: T1w, native, MNI...)')
    .option('--res <label>', 'res- of the runs; "native" for none')
    .option('--prefix <letters>', "SPM's prefix of the runs: ra, war, swar (default: own space, unsmoothed)");
}

export function indexOptions({ layout, derivatives, space, res, prefix }: StudyOptions): {
  readonly index: IndexOptions;
} {
  return {
    index: {
      ...(layout === undefined ? {} : { layout }),
      ...(derivatives === undefined ? {} : { derivatives }),
      ...(space === undefined ? {} : { space }),
      ...(res === undefined ? {} : { resolution: res }),
      ...(prefix === undefined ? {} : { prefix }),
    },
  };
}
