import type { RawValues } from '../nifti/datatypes.ts';

/** A GIfTI file: surfaces and values at their vertices. */
export interface Gifti {
  readonly version: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** What the keys of label arrays mean; empty where the file has no table. */
  readonly labels: readonly GiftiLabel[];
  readonly arrays: readonly GiftiArray[];
}

export interface GiftiLabel {
  readonly key: number;
  readonly name: string;
  /** Red, green, blue, alpha, 0..1. */
  readonly colour: readonly [number, number, number, number] | null;
}

export interface GiftiArray {
  /** nibabel's short name of the intent in lower case, such as `pointset`, `triangle`, `label`, `shape`, `time_series`. */
  readonly intent: string;
  /** numpy's name of the stored type. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Row-major, whatever the order in the file. */
  readonly data: RawValues;
  readonly metadata: Readonly<Record<string, string>>;
  /** Where the points lie, and how they get elsewhere. They are not moved on reading. */
  readonly coordinateSystems: readonly CoordinateSystem[];
}

export interface CoordinateSystem {
  /** Such as `NIFTI_XFORM_SCANNER_ANAT`. */
  readonly dataSpace: string;
  readonly transformedSpace: string;
  /** 4x4 row-major, from data space to transformed space. */
  readonly matrix: Float64Array;
}
