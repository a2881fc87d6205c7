import type { NumericTypeName } from '../numeric-types.ts';

/** Types of data elements (`mi...`), by number, that hold numbers. */
export const elementTypes: Readonly<Record<number, NumericTypeName>> = {
  1: 'int8',
  2: 'uint8',
  3: 'int16',
  4: 'uint16',
  5: 'int32',
  6: 'uint32',
  7: 'float32',
  9: 'float64',
  12: 'int64',
  13: 'uint64',
};

export const miInt8 = 1;
export const miUint8 = 2;
export const miInt16 = 3;
export const miUint16 = 4;
export const miInt32 = 5;
export const miUint32 = 6;
export const miMatrix = 14;
export const miCompressed = 15;
export const miUtf8 = 16;
export const miUtf16 = 17;
export const miUtf32 = 18;

/** Numeric classes of arrays (`mx...`), by number: MATLAB's name and the type of the values. */
export const numericClasses: Readonly<Record<number, { name: string; type: NumericTypeName }>> = {
  6: { name: 'double', type: 'float64' },
  7: { name: 'single', type: 'float32' },
  8: { name: 'int8', type: 'int8' },
  9: { name: 'uint8', type: 'uint8' },
  10: { name: 'int16', type: 'int16' },
  11: { name: 'uint16', type: 'uint16' },
  12: { name: 'int32', type: 'int32' },
  13: { name: 'uint32', type: 'uint32' },
  14: { name: 'int64', type: 'int64' },
  15: { name: 'uint64', type: 'uint64' },
};

export const mxCell = 1;
export const mxChar = 4;
/** Objects of newer classes (string, table, datetime): they have no dimensions. */
export const mxOpaque = 17;

/** Classes that hold no plain numbers: MATLAB's name, and what messages call those that are not read. */
export const otherClasses: Readonly<Record<number, { name: string; what: string }>> = {
  [mxCell]: { name: 'cell', what: 'a cell array' },
  2: { name: 'struct', what: 'a struct' },
  3: { name: 'object', what: 'an object' },
  [mxChar]: { name: 'char', what: 'a text' },
  5: { name: 'sparse', what: 'a sparse matrix' },
  16: { name: 'function_handle', what: 'a function handle' },
  [mxOpaque]: { name: 'object', what: 'an object (such as a string array or a table)' },
};
