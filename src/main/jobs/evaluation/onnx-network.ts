import { readFile } from 'node:fs/promises';
import type { InferenceSession } from 'onnxruntime-node';
import { FusiformError } from '../../../shared/errors.ts';
import { resizeBilinear } from '../../math/resize-bilinear.ts';
import { type ImageInput, type ImageInputOptions, imageInputOf, outputOf, withOutput } from './onnx-graph.ts';

type Runtime = typeof import('onnxruntime-node');

export interface OnnxOptions extends ImageInputOptions {
  /** Name of an output, or of what any node inside the graph makes; default the only output. */
  readonly layer?: string | undefined;
  /** By colour, of values 0..1: taken off, and divided by. Default 0 and 1. */
  readonly mean?: readonly [number, number, number] | undefined;
  readonly std?: readonly [number, number, number] | undefined;
}

/** An ONNX model that looks at pictures. */
export interface OnnxNetwork {
  readonly layer: string;
  /**
   * @param images [n, size, size, 3], 0..1; resized to the graph's input by `resizeBilinear`
   * @returns [n, nFeatures]
   */
  features(images: Float32Array, size: number): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Images a run where the graph leaves that open. */
const imagesAtOnce = 16;

/**
 * Opens an ONNX model for looking at faces, on the processor.
 *
 * @throws FusiformError ONNX_RUNTIME_MISSING, ONNX_INVALID, ONNX_INPUT, ONNX_LAYER
 */
export async function openOnnxNetwork(file: string, options: OnnxOptions): Promise<OnnxNetwork> {
  const runtime = await loadRuntime();
  const open = await createSession(runtime, file, file);
  const input = imageInputOf(valuesOf(open.inputMetadata), options, file);
  const output = outputOf(valuesOf(open.outputMetadata), options.layer, file);
  const layer = output ?? options.layer ?? '';
  const session = output === null ? await sessionWithLayer(runtime, open, file, layer) : open;
  return {
    layer,
    features: (images, size) => featuresOf(runtime, session, { file, input, layer, options }, images, size),
    close: () => session.release(),
  };
}

async function loadRuntime(): Promise<Runtime> {
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    throw new FusiformError('ONNX_RUNTIME_MISSING', 'The package onnxruntime-node cannot be loaded.', {
      cause,
    });
  }
}

async function createSession(
  { InferenceSession: session }: Runtime,
  file: string,
  model: string | Uint8Array,
): Promise<InferenceSession> {
  // Its warnings of optimisation are of no use to whoever reads the scores.
  const quiet = { logSeverityLevel: 3, executionProviders: ['cpu'] } as const;
  try {
    return typeof model === 'string'
      ? await session.create(model, quiet)
      : await session.create(model, quiet);
  } catch (cause) {
    throw new FusiformError('ONNX_INVALID', `This is no ONNX model that can be run: ${reasonOf(cause)}`, {
      file,
      cause,
    });
  }
}

/** The same graph with one more output. */
async function sessionWithLayer(
  runtime: Runtime,
  open: InferenceSession,
  file: string,
  layer: string,
): Promise<InferenceSession> {
  await open.release();
  try {
    return await createSession(runtime, file, withOutput(await readFile(file), layer));
  } catch (cause) {
    const outputs = open.outputNames.map((name) => `"${name}"`).join(', ');
    throw new FusiformError(
      'ONNX_LAYER',
      `No node of the graph makes "${layer}"; its outputs are ${outputs}.`,
      { file, cause },
    );
  }
}

function valuesOf(metadata: readonly InferenceSession.ValueMetadata[]) {
  return metadata.map((value) =>
    value.isTensor ? { name: value.name, type: value.type, shape: value.shape } : { name: value.name },
  );
}

interface Looking {
  readonly file: string;
  readonly input: ImageInput;
  readonly layer: string;
  readonly options: OnnxOptions;
}

async function featuresOf(
  { Tensor }: Runtime,
  session: InferenceSession,
  { file, input, layer, options }: Looking,
  images: Float32Array,
  size: number,
): Promise<Float32Array> {
  const stride = size * size * 3;
  const count = images.length / stride;
  const { layout, height, width } = input;
  const batch = input.batch ?? imagesAtOnce;
  const parts: Float32Array[] = [];
  for (let from = 0; from < count; from += batch) {
    const to = Math.min(count, from + batch);
    const resized = resizeBilinear(
      images.subarray(from * stride, to * stride),
      [size, size],
      [height, width],
    );
    // A graph of a fixed batch is filled up with black pictures, whose features are dropped.
    const n = input.batch ?? to - from;
    const values = arrange(resized, n, input, options);
    const dims = layout === 'NCHW' ? [n, 3, height, width] : [n, height, width, 3];
    let made: InferenceSession.ReturnType;
    try {
      made = await session.run({ [input.name]: new Tensor('float32', values, dims) }, [layer]);
    } catch (cause) {
      throw new FusiformError('ONNX_INVALID', `The model fails on pictures: ${reasonOf(cause)}`, {
        file,
        cause,
      });
    }
    const { data, dims: shape, type } = made[layer];
    if (!(data instanceof Float32Array) || shape[0] !== n) {
      throw new FusiformError(
        'ONNX_LAYER',
        `"${layer}" is ${type} [${shape.join(', ')}] for ${n} pictures; float32 with a row a picture is needed.`,
        { file },
      );
    }
    parts.push(data.slice(0, (data.length / n) * (to - from)));
  }
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  const bad = all.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new FusiformError(
      'ONNX_INVALID',
      `The model makes NaN or Inf of picture ${Math.floor((bad * count) / all.length) + 1}.`,
      {
        file,
      },
    );
  }
  return all;
}

/** Normalised values in the order of the graph's axes. @param images [up to n, height, width, 3] */
function arrange(
  images: Float32Array,
  n: number,
  { layout, height, width }: ImageInput,
  { mean = [0, 0, 0], std = [1, 1, 1] }: OnnxOptions,
): Float32Array {
  const pixels = height * width;
  const values = new Float32Array(n * pixels * 3);
  for (let i = 0; i < images.length; i += 1) {
    const channel = i % 3;
    const pixel = (i - channel) / 3;
    const image = Math.floor(pixel / pixels);
    const at = layout === 'NHWC' ? i : (image * 3 + channel) * pixels + (pixel % pixels);
    values[at] = (images[i] - mean[channel]) / std[channel];
  }
  return values;
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
