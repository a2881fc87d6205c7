import type { LinearDecoder } from '../../decoding/mapping.ts';
import { encodingWeights, extractionFilter, haufePatterns } from '../../decoding/weight-maps.ts';
import { niftiIntents } from '../../formats/nifti/write.ts';
import type { StatisticMap } from './statistic-map.ts';
import type { ResolvedTarget } from './weight-map-targets.ts';

/** What a map shows; the `stat` entity of its file. */
export const mapKinds = ['encodingWeight', 'decoderWeight', 'haufePattern', 'contribution'] as const;
export type MapKind = (typeof mapKinds)[number];

export interface TargetMap {
  readonly kind: MapKind;
  /** [nVoxels] */
  readonly values: Float64Array;
  readonly intent: StatisticMap['intent'];
  readonly description: string;
  readonly units: string;
  /** What else a reader needs to know. */
  readonly facts: Readonly<Record<string, string | number>>;
}

const haufe = 'Haufe et al. 2014, NeuroImage 87:96, doi 10.1016/j.neuroimage.2013.10.067';

/**
 * The maps of one number that is read from decoded codes.
 *
 * @param patterns of the test faces, [testFaces, nVoxels]: the covariance of activation patterns is taken over them
 */
export function targetMaps(
  { direction, step, reads, unit, face }: ResolvedTarget,
  decoder: LinearDecoder,
  patterns: Float32Array,
): TargetMap[] {
  const { nVoxels } = decoder;
  const nPatterns = patterns.length / nVoxels;
  const filter = extractionFilter(decoder, direction);
  const intent = { code: niftiIntents.estimate };
  const maps: TargetMap[] = [
    {
      kind: 'encodingWeight',
      values: encodingWeights(decoder, step),
      intent,
      description: `Forward model: change of each voxel's response when the code moves so that ${reads} grows by 1.`,
      units: `of the images, per unit of ${unit}`,
      facts: {
        Interpretation: 'Where what is read changes the response, as far as the linear encoding model holds.',
      },
    },
    {
      kind: 'decoderWeight',
      values: filter,
      intent,
      description: `Raw decoder weights (extraction filter): what each voxel's response is multiplied by to read ${reads}.`,
      units: `${unit}, per unit of the images`,
      facts: {
        Interpretation:
          'Not where the information is: weights also take off noise that voxels share. See the activation pattern.',
        Reference: haufe,
      },
    },
  ];
  if (nPatterns >= 3) {
    maps.push({
      kind: 'haufePattern',
      values: haufePatterns(patterns, nVoxels, [filter])[0],
      intent,
      description: `Activation pattern of the decoder weights: cov(response, read) / var(read), with ${reads} as what is read.`,
      units: `of the images, per unit of ${unit}`,
      facts: {
        Interpretation:
          'How each voxel changes with what the decoder reads; may be read as where it comes from.',
        Covariance: `over the ${nPatterns} patterns of the test faces`,
        Patterns: nPatterns,
        Reference: haufe,
      },
    });
  }
  if (face) {
    const { row, r, fromConstants } = face;
    const values = filter.map((weight, voxel) => weight * patterns[row * nVoxels + voxel]);
    maps.push({
      kind: 'contribution',
      values,
      intent,
      description: `What each voxel adds to ${reads}: its decoder weight times its response. The sum over voxels is the correlation.`,
      units: 'correlation',
      facts: {
        Interpretation:
          'An account of one sum; voxels that only cancel others have large values of both signs.',
        Correlation: r,
        SumOverVoxels: values.reduce((sum, value) => sum + value, 0),
        FromLatentsThatNeverVary: fromConstants,
      },
    });
  }
  return maps;
}
