/**
 * Ways from a pattern to a code:
 * - `pseudo-inverse`: the forward model inverted by least squares, as VanRullen & Reddy (2019) published it.
 * - `ridge`: the same with a penalty on the weights of the forward model.
 * - `posterior`: mean of the latents given the pattern, for Gaussian latents and Gaussian noise.
 * - `dual-ridge`: ridge regression from voxels to latents.
 */
export const decoderKinds = ['pseudo-inverse', 'ridge', 'posterior', 'dual-ridge'] as const;
export type DecoderKind = (typeof decoderKinds)[number];

/** The paper's, and the default everywhere. */
export const publishedDecoder = 'pseudo-inverse' satisfies DecoderKind;
