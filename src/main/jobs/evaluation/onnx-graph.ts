import { FusiformError } from '../../../shared/errors.ts';

/** Where a network's images have their colours. */
export const layouts = ['NCHW', 'NHWC'] as const;
export type ImageLayout = (typeof layouts)[number];

/** A value that goes into a graph or comes out of it, as the file declares it. */
export interface GraphValue {
  readonly name: string;
  /** Such as `float32`; absent for what is no tensor. */
  readonly type?: string;
  /** A name, or -1, for a dimension that is left open. */
  readonly shape?: readonly (number | string)[];
}

export interface ImageInput {
  readonly name: string;
  readonly layout: ImageLayout;
  readonly height: number;
  readonly width: number;
  /** Images at once, where the graph fixes it. */
  readonly batch: number | null;
}

export interface ImageInputOptions {
  readonly layout?: ImageLayout | undefined;
  /** [height, width] */
  readonly inputSize?: readonly [number, number] | undefined;
}

/**
 * How a graph takes colour pictures.
 *
 * @throws FusiformError ONNX_INPUT where it does not take one batch of them as float32, or leaves open what nobody said
 */
export function imageInputOf(
  inputs: readonly GraphValue[],
  { layout, inputSize }: ImageInputOptions,
  file: string,
): ImageInput {
  const fault = (message: string) => new FusiformError('ONNX_INPUT', message, { file });
  const described = inputs.map(describeValue).join('; ');
  if (inputs.length !== 1)
    throw fault(`The graph has ${inputs.length} inputs (${described}), not pictures alone.`);
  const [{ name, type, shape = [] }] = inputs;
  if (type !== 'float32' || shape.length !== 4) {
    throw fault(
      `The input is ${described}; four axes of float32 are needed: images, colours, rows, columns.`,
    );
  }
  const sizes = shape.map((size) => (typeof size === 'number' && size > 0 ? size : null));
  const coloursOf = (each: ImageLayout) => sizes[each === 'NCHW' ? 1 : 3];
  const certain = layouts.filter((each) => coloursOf(each) === 3);
  const possible = certain.length === 1 ? certain : layouts.filter((each) => (coloursOf(each) ?? 3) === 3);
  const [only] = layout === undefined ? possible : possible.filter((each) => each === layout);
  if (only === undefined)
    throw fault(`The input ${described} has no axis of three colours${layout ? ` for ${layout}` : ''}.`);
  if (layout === undefined && possible.length === 2) {
    throw fault(`The input ${described} may have its colours second or last: say which (--features-layout).`);
  }
  const fixed = only === 'NCHW' ? [sizes[2], sizes[3]] : [sizes[1], sizes[2]];
  const [height, width] = fixed.map((size, axis) => {
    const wanted = inputSize?.[axis];
    if (size === null && wanted === undefined) {
      throw fault(`The input ${described} takes pictures of any size: say which (--features-input-size).`);
    }
    if (size !== null && wanted !== undefined && size !== wanted) {
      throw fault(`The input ${described} does not take pictures of ${inputSize?.join(' x ')} pixels.`);
    }
    return size ?? wanted ?? 0;
  });
  return { name, layout: only, height, width, batch: sizes[0] };
}

/**
 * The output to look at: the one that is named, or the only one. Null for a name that is no output: it may be a layer inside.
 *
 * @throws FusiformError ONNX_LAYER where none is named and there are several
 */
export function outputOf(
  outputs: readonly GraphValue[],
  layer: string | undefined,
  file: string,
): string | null {
  if (layer !== undefined) return outputs.some(({ name }) => name === layer) ? layer : null;
  if (outputs.length === 1) return outputs[0].name;
  throw new FusiformError(
    'ONNX_LAYER',
    `The graph has ${outputs.length} outputs (${outputs.map(describeValue).join('; ')}): name one (--features-layer).`,
    { file },
  );
}

function describeValue({ name, type, shape }: GraphValue): string {
  return type === undefined ? `"${name}", no tensor` : `"${name}", ${type} [${(shape ?? []).join(', ')}]`;
}

/**
 * The model with a layer inside it as one more output. A message that stands twice in a protocol buffer is merged: the
 * file is followed by a second `ModelProto.graph` (field 7) that holds one `GraphProto.output` (field 12) with its `name` (field 1).
 */
export function withOutput(model: Uint8Array, layer: string): Uint8Array {
  const value = field(1, new TextEncoder().encode(layer));
  const addition = field(7, field(12, value));
  const result = new Uint8Array(model.length + addition.length);
  result.set(model);
  result.set(addition, model.length);
  return result;
}

/** A length-delimited field of a protocol buffer. */
function field(number: number, content: Uint8Array): Uint8Array {
  const head = [(number << 3) | 2];
  let length = content.length;
  while (length > 127) {
    head.push((length & 127) | 128);
    length >>>= 7;
  }
  head.push(length);
  return Uint8Array.from([...head, ...content]);
}
