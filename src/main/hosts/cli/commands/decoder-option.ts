import { Option } from 'commander';
import { publishedDecoder } from '../../../services/subjects.ts';

/** Which decoder's results a command reads. */
export const decoderOption = () =>
  new Option('--decoder <kind>', 'whose decoded codes, as `decode --decoder` made them').default(
    publishedDecoder,
  );
