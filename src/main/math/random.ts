/**
 * Seeded random numbers, the same on every platform: xoshiro128** (Blackman & Vigna 2021, "Scrambled linear
 * pseudorandom number generators", ACM TOMS 47), its state filled by MurmurHash3 of the seed's text.
 * Integers and uniforms use integer arithmetic alone; normals add `Math.log` and `Math.sqrt`.
 */

const TWO_POW_32 = 4294967296;
const TWO_POW_MINUS_53 = 2 ** -53;
const TWO_POW_MINUS_31 = 2 ** -31;

const textEncoder = new TextEncoder();

function rotateLeft(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k));
}

/** MurmurHash3_x86_32 (Appleby, public domain). */
export function murmur3(bytes: Uint8Array, seed: number): number {
  let hash = seed | 0;
  const nBlocks = bytes.length >>> 2;
  for (let i = 0; i < nBlocks; i++) {
    const at = 4 * i;
    let k = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    k = Math.imul(rotateLeft(Math.imul(k, 0xcc9e2d51), 15), 0x1b873593);
    hash = (Math.imul(rotateLeft(hash ^ k, 13), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let i = bytes.length - 1; i >= 4 * nBlocks; i--) tail = (tail << 8) | bytes[i];
  if (bytes.length > 4 * nBlocks) {
    hash ^= Math.imul(rotateLeft(Math.imul(tail, 0xcc9e2d51), 15), 0x1b873593);
  }
  hash ^= bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A stream of random numbers. The seeds `1` and `'1'` are the same seed. */
export class Random {
  readonly #key: string;
  #s0: number;
  #s1: number;
  #s2: number;
  #s3: number;
  #spareNormal: number | null = null;

  constructor(seed: number | string) {
    this.#key = String(seed);
    const bytes = textEncoder.encode(this.#key);
    this.#s0 = murmur3(bytes, 0x9e3779b9) | 0;
    this.#s1 = murmur3(bytes, 0x243f6a88) | 0;
    this.#s2 = murmur3(bytes, 0xb7e15162) | 0;
    this.#s3 = murmur3(bytes, 0x6a09e667) | 0;
    // The all-zero state is the one fixed point of the generator.
    if ((this.#s0 | this.#s1 | this.#s2 | this.#s3) === 0) this.#s0 = 1;
  }

  /** The next 32 bits, as an integer in [0, 2^32). */
  uint32(): number {
    const s1 = this.#s1;
    const result = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
    const s2 = this.#s2 ^ this.#s0;
    const s3 = this.#s3 ^ s1;
    this.#s1 = s1 ^ s2;
    this.#s0 ^= s3;
    this.#s2 = s2 ^ (s1 << 9);
    this.#s3 = rotateLeft(s3, 11);
    return result;
  }

  /** Uniform in [0, 1), 53 bits. */
  uniform(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 67108864 + low) * TWO_POW_MINUS_53;
  }

  /** Standard normal, by Marsaglia's polar method. */
  normal(): number {
    if (this.#spareNormal !== null) {
      const spare = this.#spareNormal;
      this.#spareNormal = null;
      return spare;
    }
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const s = u * u + v * v;
      if (s >= 1 || s === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(s)) / s);
      this.#spareNormal = v * factor;
      return u * factor;
    }
  }

  /**
   * Uniform integer in [0, n), without modulo bias.
   * @throws RangeError unless n is an integer in 1..2^32
   */
  integer(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > TWO_POW_32) {
      throw new RangeError(`integer(n) needs an integer n between 1 and 2^32, not ${n}`);
    }
    const limit = TWO_POW_32 - (TWO_POW_32 % n);
    for (;;) {
      const draw = this.uint32();
      if (draw < limit) return draw % n;
    }
  }

  /**
   * Fills with uniform integers in [0, n), the same that as many calls of `integer` would give, several times as fast.
   * @throws RangeError as `integer`
   */
  fillIntegers(out: Uint32Array, n: number): void {
    if (!Number.isInteger(n) || n < 1 || n > TWO_POW_32) {
      throw new RangeError(`fillIntegers needs an integer n between 1 and 2^32, not ${n}`);
    }
    const limit = TWO_POW_32 - (TWO_POW_32 % n);
    let [s0, s1, s2, s3] = [this.#s0, this.#s1, this.#s2, this.#s3];
    for (let i = 0; i < out.length; ) {
      const draw = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
      const t2 = s2 ^ s0;
      const t3 = s3 ^ s1;
      s2 = t2 ^ (s1 << 9);
      s1 ^= t2;
      s0 ^= t3;
      s3 = rotateLeft(t3, 11);
      if (draw < limit) out[i++] = draw % n;
    }
    this.#s0 = s0;
    this.#s1 = s1;
    this.#s2 = s2;
    this.#s3 = s3;
  }

  /** A random order of 0..n-1. */
  permutation(n: number): Uint32Array {
    const order = new Uint32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    this.shuffle(order);
    return order;
  }

  /** Fisher-Yates, in place. */
  shuffle<T>(values: { [index: number]: T; readonly length: number }): void {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const held = values[i];
      values[i] = values[j];
      values[j] = held;
    }
  }

  /**
   * An independent stream for one purpose. It depends on this stream's seed and on the label alone, never on how
   * much was drawn before, so that adding a draw in one place changes nothing elsewhere.
   */
  fork(label: string | number): Random {
    return new Random(`${this.#key}\u0000${label}`);
  }

  /** Fills with standard normals, at the 32-bit resolution that float32 can use (twice as fast as `normal`). */
  fillNormal(out: Float32Array): void {
    for (let i = 0; i < out.length; ) {
      const u = (this.uint32() | 0) * TWO_POW_MINUS_31;
      const v = (this.uint32() | 0) * TWO_POW_MINUS_31;
      const s = u * u + v * v;
      if (s >= 1 || s === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(s)) / s);
      out[i++] = u * factor;
      if (i < out.length) out[i++] = v * factor;
    }
  }
}
