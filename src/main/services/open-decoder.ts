import { applyProduct } from '../decoding/affine-decoder.ts';
import { readKept, readKeptDescription } from '../jobs/decoders/kept-decoder.ts';
import { openProducts } from '../jobs/decoders/open-products.ts';
import { type ReadyDecoder, readyDecoder } from '../jobs/decoders/ready-decoder.ts';
import { allVoxels, fittedDecoder, voxelSets, wholeCodes } from '../jobs/stages/decode-patterns.ts';
import { readMapping } from '../jobs/stages/fit-mapping.ts';
import { keepDecoderStage } from '../jobs/stages/keep-decoder.ts';
import { type DecodeRequest, decoderParts } from './decode.ts';
import type { Workspace } from './workspace.ts';

/** A decoder that stands ready for one pattern after another. */
export interface OpenDecoder {
  /** Voxels of a pattern: the selected ones of the region, by ascending flat index. */
  readonly nVoxels: number;
  readonly latentDim: number;
  /** Why large weights were read into memory; null where they are mapped, or small. */
  readonly whyNotMapped: string | null;
  /**
   * @param pattern [nVoxels] @param presentations that it is a mean of, default 1
   * @returns [latentDim]: bit for bit what `decodeSubject` gives for it
   * @throws FusiformError PATTERN_VOXELS_MISMATCH, PATTERN_NOT_FINITE
   */
  decode(pattern: Float32Array, presentations?: number): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * Opens a subject's decoder of all selected voxels, or of a region. The weights of a large one are kept in a file of 16-bit numbers,
 * which is mapped into memory and multiplied by threads that wait for patterns.
 *
 * @throws FusiformError NAME_UNKNOWN, MAPPING_OF_OTHER_MODEL, DECODER_OF_OTHER_VOXELS
 */
export async function openDecoder(
  workspace: Workspace,
  request: Omit<DecodeRequest, 'patterns'> & { readonly region?: string },
): Promise<OpenDecoder> {
  const { subject, model, engine, region = allVoxels } = request;
  const inputs = decoderParts(workspace, request);
  const kept = await workspace.run({
    stage: keepDecoderStage,
    label: `open the decoder of subject ${subject}, "${model}", ${region}`,
    parameters: { set: region, engine },
    inputs,
  });
  const description = await readKeptDescription(kept.path);
  const { nVoxels, latentSpace, fixedPoint } = description;
  const opened = fixedPoint
    ? await openLarge(kept.path, description)
    : await openSmall(inputs.mapping.path, inputs.decoder?.path, region);
  return {
    nVoxels,
    latentDim: latentSpace.dim,
    whyNotMapped: opened.whyNotMapped,
    decode: async (pattern, presentations = 1) =>
      wholeCodes(await opened.decode(pattern, [presentations]), latentSpace),
    close: opened.close,
  };
}

interface Opened {
  readonly decode: ReadyDecoder;
  readonly whyNotMapped: string | null;
  close(): Promise<void>;
}

async function openLarge(folder: string, description: Parameters<typeof readKept>[1]): Promise<Opened> {
  const { decoder, scales, weightsFile } = await readKept(folder, description);
  const { product, whyNotMapped, close } = await openProducts(weightsFile, scales, decoder.nLatents);
  return {
    decode: (patterns, presentations) => applyProduct(decoder, product, patterns, presentations),
    whyNotMapped,
    close,
  };
}

async function openSmall(
  mappingFolder: string,
  decoderFolder: string | undefined,
  region: string,
): Promise<Opened> {
  const mapping = await readMapping(mappingFolder);
  const { sets } = voxelSets(mapping);
  const place = sets.findIndex(({ name }) => name === region);
  const fitted = await fittedDecoder(decoderFolder, mapping, sets);
  const decode = await readyDecoder(mapping, sets[place], fitted && { folder: fitted.folder, place }, null);
  return { decode, whyNotMapped: null, close: async () => undefined };
}
