import { type DecoderKind, decoderKinds, publishedDecoder } from '../../shared/decoders.ts';

export interface MappingPlace {
  readonly subject: string;
  readonly model: string;
}

/** Under which decodings and scores of test faces stand; those of the paper's decoder as the mapping itself. */
export function resultName({ subject, model }: MappingPlace, decoder: DecoderKind): string {
  return decoder === publishedDecoder ? `${subject}/${model}` : `${subject}/${model}/${decoder}`;
}

export const decoderWords: Readonly<Record<DecoderKind, string>> = {
  'pseudo-inverse': 'the paper’s: the forward model inverted by least squares',
  ridge: 'the same, with a penalty on the weights of the forward model',
  posterior: 'posterior mean, with a prior on latents and correlated noise',
  'dual-ridge': 'ridge regression from voxels to latents',
};

export const decoderOptions = decoderKinds.map((id) => ({ id, name: id, description: decoderWords[id] }));
