/*
 * Just enough of a WebAssembly assembler for loops over arrays of numbers: code is built as expressions, so
 * that a kernel reads like the formula that it computes, and needs no compiler on any machine.
 * Opcodes: https://webassembly.github.io/spec/core/appendix/index-instructions.html
 */

/** Instructions that leave at most one value. */
export type Code = readonly number[];
export type ValueType = 'i32' | 'f32' | 'v128';

export interface Local {
  readonly get: Code;
  set(value: Code): Code;
}

const valueTypes: Record<ValueType, number> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };

function unsigned(value: number): number[] {
  const low = value & 0x7f;
  return value > 0x7f ? [low | 0x80, ...unsigned(value >>> 7)] : [low];
}

function signed(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >> 7;
  return (rest === 0 && low < 0x40) || (rest === -1 && low >= 0x40) ? [low] : [low | 0x80, ...signed(rest)];
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

function name(text: string): number[] {
  return vector([...new TextEncoder().encode(text)].map((byte) => [byte]));
}

const binary =
  (...opcode: number[]) =>
  (a: Code, b: Code): Code => [...a, ...b, ...opcode];
const unary =
  (...opcode: number[]) =>
  (a: Code): Code => [...a, ...opcode];
/** Memory arguments: addresses of 4-byte numbers, and a constant offset. */
const load =
  (...opcode: number[]) =>
  (address: Code, offset = 0): Code => [...address, ...opcode, 2, ...unsigned(offset)];
const store =
  (...opcode: number[]) =>
  (address: Code, value: Code, offset = 0): Code => [...address, ...value, ...opcode, 2, ...unsigned(offset)];

export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  add: binary(0x6a),
  mul: binary(0x6c),
  and: binary(0x71),
};

export const f32 = {
  const: (value: number): Code => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)],
  load: load(0x2a),
  store: store(0x38),
  add: binary(0x92),
};

export const f64 = {
  const: (value: number): Code => [0x44, ...new Uint8Array(Float64Array.of(value).buffer)],
};

export const v128 = {
  load: load(0xfd, 0x00),
  store: store(0xfd, 0x0b),
  or: binary(0xfd, 0x50),
  /** Bits of a where the mask is set, of b elsewhere. */
  select: (a: Code, b: Code, mask: Code): Code => [...a, ...b, ...mask, 0xfd, 0x52],
};

/** Picks numbers of 4 bytes out of two vectors: 0 to 3 are those of a, 4 to 7 those of b. */
const shuffle = (a: Code, b: Code, lanes: readonly number[]): Code => [
  ...[...a, ...b, 0xfd, 0x0d],
  ...lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte)),
];

export const f32x4 = {
  shuffle,
  splat: unary(0xfd, 0x13),
  greater: binary(0xfd, 0x44),
  sqrt: unary(0xfd, 0xe3, 0x01),
  add: binary(0xfd, 0xe4, 0x01),
  sub: binary(0xfd, 0xe5, 0x01),
  mul: binary(0xfd, 0xe6, 0x01),
  div: binary(0xfd, 0xe7, 0x01),
};

export const i32x4 = {
  zero: [0xfd, 0x0c, ...new Array<number>(16).fill(0)] as Code,
  add: binary(0xfd, 0xae, 0x01),
  /** Of two vectors of eight int16: four sums of two neighbouring products each. */
  dot: binary(0xfd, 0xba, 0x01),
};

export const f64x2 = {
  /** The first or the last two of four int32, in double precision. */
  lowOfIntegers: unary(0xfd, 0xfe, 0x01),
  highOfIntegers: (a: Code): Code => [...shuffle(a, a, [2, 3, 2, 3]), 0xfd, 0xfe, 0x01],
  /** The first or the last two of four floats, in double precision. */
  low: unary(0xfd, 0x5f),
  high: (a: Code): Code => [...shuffle(a, a, [2, 3, 2, 3]), 0xfd, 0x5f],
  splat: unary(0xfd, 0x14),
  /** One number of 8 bytes, twice. */
  loadSplat: load(0xfd, 0x0a),
  add: binary(0xfd, 0xf0, 0x01),
  mul: binary(0xfd, 0xf2, 0x01),
};

/** `for (; counter < limit; counter += step) body`, unsigned. */
export function loop(counter: Local, limit: Code, step: Code, ...body: readonly Code[]): Code {
  return [
    ...[0x02, 0x40, 0x03, 0x40],
    ...[...counter.get, ...limit, 0x4f, 0x0d, 1],
    ...body.flat(),
    ...counter.set(i32.add(counter.get, step)),
    ...[0x0c, 0, 0x0b, 0x0b],
  ];
}

interface FunctionBody {
  readonly parameters: readonly ValueType[];
  readonly locals: readonly ValueType[];
  readonly code: Code;
}

/** Builds one function; its parameters are declared before its locals. */
export class FunctionBuilder {
  readonly #parameters: ValueType[] = [];
  readonly #locals: ValueType[] = [];

  parameter(type: ValueType): Local {
    this.#parameters.push(type);
    return localAt(this.#parameters.length - 1);
  }

  local(type: ValueType): Local {
    this.#locals.push(type);
    return localAt(this.#parameters.length + this.#locals.length - 1);
  }

  build(...statements: readonly Code[]): FunctionBody {
    return { parameters: this.#parameters, locals: this.#locals, code: statements.flat() };
  }
}

function localAt(index: number): Local {
  return {
    get: [0x20, ...unsigned(index)],
    set: (value) => [...value, 0x21, ...unsigned(index)],
  };
}

/** A module of these functions, which return nothing, over an imported memory `env.memory`. */
export function assemble(
  functions: Readonly<Record<string, FunctionBody>>,
  sharedMemory: boolean,
): Uint8Array {
  const bodies = Object.values(functions);
  const types = bodies.map(({ parameters }) => [
    0x60,
    ...vector(parameters.map((type) => [valueTypes[type]])),
    0,
  ]);
  // A shared memory must be imported with its greatest size: 65536 pages.
  const limits = sharedMemory ? [0x03, 0, ...unsigned(65536)] : [0x00, 0];
  const code = bodies.map(({ locals, code }) => {
    const body = [...vector(locals.map((type) => [1, valueTypes[type]])), ...code, 0x0b];
    return [...unsigned(body.length), ...body];
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(types)),
    ...section(2, vector([[...name('env'), ...name('memory'), 0x02, ...limits]])),
    ...section(3, vector(bodies.map((_, i) => unsigned(i)))),
    ...section(7, vector(Object.keys(functions).map((key, i) => [...name(key), 0x00, ...unsigned(i)]))),
    ...section(10, vector(code)),
  ]);
}
