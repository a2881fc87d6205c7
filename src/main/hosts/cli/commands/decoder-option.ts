import { type Command, Option } from 'commander';
import { decoderKinds, publishedDecoder } from '../../../../shared/decoders.ts';

/** Which decoder makes, or made, the codes. */
export function withDecoder(command: Command): Command {
  return command.addOption(
    new Option('--decoder <kind>', 'how patterns become codes (see `decoder fit`)')
      .choices(decoderKinds)
      .default(publishedDecoder),
  );
}
