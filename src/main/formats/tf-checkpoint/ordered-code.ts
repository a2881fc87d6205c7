import type { TensorSlice } from './messages.ts';

/**
 * TensorFlow's order-preserving encoding of keys ("ordered code"), as far as the keys of slices need it: an unsigned
 * zero, the variable's name, the number of axes, and start and length of each.
 */

/** What the keys of all slices of a variable begin with. */
export function sliceKeyPrefix(name: string): Buffer {
  const escaped: number[] = [];
  for (const byte of Buffer.from(name, 'utf8')) {
    escaped.push(byte);
    if (byte === 0x00) escaped.push(0xff);
    if (byte === 0xff) escaped.push(0x00);
  }
  return Buffer.from([0, ...escaped, 0, 1]);
}

export function sliceKey(name: string, slice: TensorSlice): Buffer {
  const numbers = slice.flatMap(({ start, length }) => [...signedNumber(start), ...signedNumber(length)]);
  return Buffer.concat([sliceKeyPrefix(name), Buffer.from([...unsignedNumber(slice.length), ...numbers])]);
}

/** One byte for the length, then the number without leading zeros, most significant byte first. */
function unsignedNumber(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [bytes.length, ...bytes];
}

/** As many leading ones as the code has bytes; for negative numbers all bits are turned. Magnitudes below 2^48. */
function signedNumber(value: number): number[] {
  const magnitude = value < 0 ? -value - 1 : value;
  // n bytes hold a sign, n - 1 further header bits and a closing one, and 7 n - 1 bits of the number.
  let length = 1;
  while (magnitude >= 2 ** (7 * length - 1)) length += 1;
  const bytes: number[] = [];
  let rest = magnitude;
  for (let n = 0; n < length; n++) {
    bytes.unshift(rest % 256);
    rest = Math.floor(rest / 256);
  }
  bytes[0] |= (0xff00 >> length) & 0xff;
  return value < 0 ? bytes.map((byte) => ~byte & 0xff) : bytes;
}
