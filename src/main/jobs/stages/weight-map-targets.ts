import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import { decodePatterns, type LinearDecoder } from '../../decoding/mapping.ts';
import { similarityDirection } from '../../decoding/weight-maps.ts';
import { type LearntAttribute, readAttributeAxes } from './attribute-axes.ts';
import { rowFinder, rowsOf } from './face-rows.ts';
import type { StoredMapping } from './fit-mapping.ts';
import { pickCodes, readLatents } from './latents.ts';

export const targetSchema = z.discriminatedUnion('kind', [
  /** One latent, counted from 1. */
  z.strictObject({ kind: z.literal('latent'), index: z.number().int().min(1) }),
  /** An attribute, as `model axes` names it, by the difference of the class means or by the classifier. */
  z.strictObject({
    kind: z.literal('attribute'),
    name: z.string(),
    direction: z.enum(['axis', 'classifier']),
  }),
  /** The likeness of one decoded test face with the face that was shown. */
  z.strictObject({ kind: z.literal('face'), name: z.string() }),
]);
export type MapTarget = z.output<typeof targetSchema>;

/** A number that is read from the decoded code, as a direction of the modelled latents. */
export interface ResolvedTarget {
  readonly name: string;
  /** Letters and digits, for the names of files. */
  readonly desc: string;
  /** [modelled latents]: what is read is its inner product with the decoded code. */
  readonly direction: Float64Array;
  /** [modelled latents]: how the code moves when what is read grows by 1; what encoding weights are shown of. */
  readonly step: Float64Array;
  /** What is read, and its unit. */
  readonly reads: string;
  readonly unit: string;
  /** Of a face: its row among the test patterns, and its correlation. */
  readonly face: { readonly row: number; readonly r: number; readonly fromConstants: number } | null;
}

/**
 * @param decoder of the voxels that are mapped @param patterns of the test faces at these, [testFaces, nVoxels]
 * @throws FusiformError LATENT_UNKNOWN, ATTRIBUTE_UNKNOWN, FACE_UNKNOWN, CODES_CONSTANT
 */
export async function resolveTargets(
  targets: readonly MapTarget[],
  mapping: StoredMapping,
  decoder: LinearDecoder,
  patterns: Float32Array,
  inputs: Readonly<Record<string, string>>,
): Promise<ResolvedTarget[]> {
  const learnt = targets.some(({ kind }) => kind === 'attribute') ? await readAttributeAxes(inputs.axes) : [];
  const latents = targets.some(({ kind }) => kind === 'face') ? await readLatents(inputs.latents) : null;
  return targets.map((target) => {
    if (target.kind === 'latent') return latentTarget(target.index, mapping);
    if (target.kind === 'attribute') {
      const found = learnt.find(({ name }) => name === target.name);
      if (found === undefined || found.kind === 'not judged') {
        const known = learnt.filter(({ kind }) => kind !== 'not judged').map(({ name }) => name);
        throw new FusiformError(
          'ATTRIBUTE_UNKNOWN',
          `"${target.name}" is no attribute that was learnt; there are ${known.join(', ')}.`,
        );
      }
      return attributeTarget(found, target.direction, mapping);
    }
    const { testFaces } = mapping.description;
    const row = rowFinder(testFaces)(target.name);
    if (row === undefined || latents === null) {
      throw new FusiformError(
        'FACE_UNKNOWN',
        `"${target.name}" is no test face; they are ${testFaces.slice(0, 5).join(', ')}${testFaces.length > 5 ? ', ...' : ''}.`,
      );
    }
    const own = pickCodes(latents, rowsOf([testFaces[row]], latents.files, inputs.latents));
    const pattern = patterns.subarray(row * decoder.nVoxels, (row + 1) * decoder.nVoxels);
    return faceTarget(testFaces[row], row, own, decodePatterns(decoder, pattern), mapping);
  });
}

function latentTarget(index: number, { description }: StoredMapping): ResolvedTarget {
  const { dim, modelled } = description.latentSpace;
  const at = modelled.indexOf(index - 1);
  if (at < 0) {
    const reason = index > dim ? `the model has latents 1 to ${dim}` : 'it never varies and is not modelled';
    throw new FusiformError('LATENT_UNKNOWN', `Latent ${index} has no weights: ${reason}.`);
  }
  const direction = new Float64Array(modelled.length);
  direction[at] = 1;
  const label = String(index).padStart(4, '0');
  return {
    name: `latent ${index}`,
    desc: `latent${label}`,
    direction,
    step: direction,
    reads: `latent ${index} of the decoded code`,
    unit: 'the latent',
    face: null,
  };
}

function attributeTarget(
  { name, axis, classifier }: LearntAttribute,
  kind: 'axis' | 'classifier',
  { description }: StoredMapping,
): ResolvedTarget {
  const { modelled } = description.latentSpace;
  const difference = modelled.map((k) => axis.direction[k]);
  const weights = modelled.map((k) => (kind === 'axis' ? axis.direction[k] : classifier.weights[k]));
  // Read so that from one class mean to the other it changes by 1.
  const change = weights.reduce((sum, weight, at) => sum + weight * difference[at], 0);
  const direction = Float64Array.from(weights, (weight) => (change === 0 ? 0 : weight / change));
  return {
    name: kind === 'axis' ? name : `${name} (classifier)`,
    desc: `${kind}${name.replaceAll(/[^a-z0-9]/gi, '')}`,
    direction,
    step: Float64Array.from(difference),
    reads: `the position of the decoded code along ${kind === 'axis' ? 'the difference of the class means' : 'the classifier'} of ${name}`,
    unit: 'the distance between the class means',
    face: null,
  };
}

/** @param target true code, [dim] @param decoded of the modelled latents */
function faceTarget(
  name: string,
  row: number,
  target: Float32Array,
  decoded: Float32Array,
  { description }: StoredMapping,
): ResolvedTarget {
  const { dim, modelled, means } = description.latentSpace;
  const whole = Float64Array.from({ length: dim }, (_, k) => means[k]);
  modelled.forEach((k, at) => {
    whole[k] = decoded[at];
  });
  const likeness = similarityDirection(whole, target);
  if (likeness === null) {
    throw new FusiformError(
      'CODES_CONSTANT',
      `The code of "${name}" is of one value throughout: it correlates with nothing.`,
    );
  }
  const { direction: along, r } = likeness;
  const isModelled = new Set(modelled);
  const fromConstants = along.reduce((sum, value, k) => sum + (isModelled.has(k) ? 0 : value * means[k]), 0);
  const direction = Float64Array.from(modelled, (k) => along[k]);
  const length = direction.reduce((sum, value) => sum + value * value, 0);
  return {
    name,
    desc: `face${name
      .slice(name.lastIndexOf('/') + 1)
      .replace(/\.[^.]*$/, '')
      .replaceAll(/[^a-z0-9]/gi, '')}`,
    direction,
    step: direction.map((value) => (length > 0 ? value / length : 0)),
    reads: `the correlation of the decoded code with the code of the face shown, ${name}`,
    unit: 'the correlation',
    face: { row, r, fromConstants },
  };
}
