import { CheckpointFault } from './fault.ts';

/** One field of a message: an integer, four or eight bytes of a fixed width, or a run of bytes. */
export interface Field {
  readonly number: number;
  /** 0 varint, 1 fixed 64 bits, 2 bytes, 5 fixed 32 bits. */
  readonly wire: number;
  /** Of a varint, as unsigned; beyond 2^53 not exact. Negative numbers come out above 2^63. */
  readonly value: number;
  /** Of wire types 1, 2, 5: a view. */
  readonly bytes: Uint8Array;
}

const noBytes = new Uint8Array(0);

/** Reads varints and fields from front to back. */
export class WireReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Unsigned, up to 64 bits; beyond 2^53 not exact. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.#at >= this.#bytes.length) break;
      const byte = this.#bytes[this.#at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new CheckpointFault('a number in it does not end');
  }

  /** The same, exact. */
  varint64(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n && this.#at < this.#bytes.length; shift += 7n) {
      const byte = this.#bytes[this.#at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new CheckpointFault('a number in it does not end');
  }

  take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw new CheckpointFault('a record in it is cut short');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  field(): Field {
    const tag = this.varint();
    const number = Math.floor(tag / 8);
    const wire = tag % 8;
    if (number === 0) throw new CheckpointFault('a record in it has a field 0');
    switch (wire) {
      case 0:
        return { number, wire, value: this.varint(), bytes: noBytes };
      case 1:
        return { number, wire, value: 0, bytes: this.take(8) };
      case 2:
        return { number, wire, value: 0, bytes: this.take(this.varint()) };
      case 5:
        return { number, wire, value: 0, bytes: this.take(4) };
      default:
        throw new CheckpointFault(`a record in it has a field of wire type ${wire}`);
    }
  }
}

/** The fields of a protocol-buffers message, in their order. */
export function* readMessage(bytes: Uint8Array): Generator<Field> {
  const reader = new WireReader(bytes);
  while (!reader.done) yield reader.field();
}

/** An int64 as a varint holds it: two's complement. Exact between -2^53 and 2^53; -1 comes out as -1. */
export function signed(value: number): number {
  // Unsigned doubles above 2^53 lose their last bits: whatever lies within 2^11 of 2^64 stands for a small negative.
  return value >= 2 ** 63 ? value - 2 ** 64 || -1 : value;
}
