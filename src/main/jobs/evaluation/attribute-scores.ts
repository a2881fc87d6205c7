import { FusiformError } from '../../../shared/errors.ts';
import type { Score } from '../../../shared/evaluation.ts';
import { type AttributeAxis, attributeAxis, scoreAttribute } from '../../decoding/attributes.ts';
import { identifyImagined } from '../../decoding/imagery.ts';
import { bootstrapInterval } from '../../math/bootstrap.ts';
import { Random } from '../../math/random.ts';
import type { StageContext } from '../stage.ts';
import { readFaceSet } from '../stages/face-set.ts';
import { rowsOf } from '../stages/face-rows.ts';
import { classOf, type LabelClass } from '../stages/labels.ts';
import { type Latents, pickCodes, readLatents } from '../stages/latents.ts';
import { testNames } from './code-scores.ts';
import type { ShownPictures } from './test-faces.ts';

export interface Gender {
  readonly axis: AttributeAxis;
  /** Of the test faces. */
  readonly inClass: readonly boolean[];
}

/**
 * The axis between the classes of a labelled face set (inputs `axisFaces`, `axisLatents`), and the test faces' own labels.
 *
 * @throws FusiformError LABELS_INCOMPLETE where a test face has no label
 */
export async function genderAxis(
  label: LabelClass,
  pictures: ShownPictures | null,
  context: StageContext,
): Promise<Gender> {
  const known = pictures && classOf(pictures.faces, label);
  const inClass = pictures && Array.from(pictures.rows, (row) => known?.[row] ?? null);
  if (inClass === null || inClass.includes(null)) {
    throw new FusiformError('LABELS_INCOMPLETE', `Not every test face has a value of "${label.column}".`, {
      ...(pictures === null ? {} : { file: pictures.faces.table.file }),
    });
  }
  const faces = await readFaceSet(context.inputs.axisFaces);
  const latents = await readLatents(context.inputs.axisLatents);
  const classes = classOf(faces, label);
  const labelled = [...classes.keys()].filter((at) => classes[at] !== null);
  const axis = attributeAxis(
    pickCodes(latents, labelled),
    latents.latentDim,
    labelled.map((at) => classes[at] === true),
  );
  return { axis, inClass: inClass.map((flag) => flag === true) };
}

/** Gender told by the side of `threshold`, with the exact binomial probability; see docs/guide/scores.md. */
export function genderScore(
  { axis, inClass }: Gender,
  codes: Float32Array,
  threshold: 'midpoint' | 'origin',
  seed: number,
): Score {
  const n = inClass.length;
  const { accuracy, p, projections } = scoreAttribute(axis, codes, inClass, { threshold });
  const right = Float64Array.from(projections, (at, face) => (at > 0 === inClass[face] ? 1 : 0));
  const interval = n < 2 ? null : bootstrapInterval(right, { random: new Random(seed).fork('attribute') });
  return {
    value: accuracy,
    ...(interval ? { lower: interval[0], upper: interval[1] } : { reason: 'One test face: no interval.' }),
    p,
    tests: [{ name: testNames.binomial, p }],
    chance: 0.5,
    n,
  };
}

export interface Imagery {
  readonly imagined: string;
  readonly candidates: readonly string[];
}

/**
 * The imagined face among its candidates.
 *
 * @param code decoded [latentDim], or null where nothing was decoded
 * @throws FusiformError IMAGERY_NOT_A_CANDIDATE, STIMULUS_NOT_ENCODED
 */
export function imageryScore(
  { imagined, candidates }: Imagery,
  code: Float32Array | null,
  latents: Latents,
  file: string,
): Score | null {
  if (code === null) return null;
  const at = candidates.indexOf(imagined);
  if (at < 0) {
    throw new FusiformError('IMAGERY_NOT_A_CANDIDATE', `"${imagined}" is not among the candidates.`, {
      file,
    });
  }
  const codes = pickCodes(latents, rowsOf(candidates, latents.files, file));
  const { pairwise, p } = identifyImagined(code, codes, at);
  return {
    value: pairwise,
    p,
    tests: [{ name: testNames.imagery, p }],
    chance: 0.5,
    n: candidates.length,
    reason: 'One imagined face: no interval.',
  };
}
