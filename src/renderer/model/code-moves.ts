import type { AttributeDirectionFacts, LatentSpreadFacts } from '../../shared/contract/explore.ts';

export type Code = readonly number[];

/** What a face was moved by: latents (from 0) in standard deviations, attributes in distances between class means. */
export interface Moves {
  readonly latents: Readonly<Record<number, number>>;
  readonly attributes: Readonly<Record<string, number>>;
}

export const noMoves: Moves = { latents: {}, attributes: {} };

/** A code moved along latents and attribute axes. */
export function moved(
  code: Code,
  { latents, attributes }: Moves,
  spread: LatentSpreadFacts,
  axes: readonly AttributeDirectionFacts[],
): number[] {
  const result = [...code];
  for (const [latent, deviations] of Object.entries(latents)) {
    const at = Number(latent);
    result[at] = (result[at] ?? 0) + deviations * (spread.deviation[at] ?? 0);
  }
  for (const { name, direction } of axes) {
    const by = attributes[name] ?? 0;
    if (by !== 0)
      direction.forEach((value, at) => {
        result[at] = (result[at] ?? 0) + by * value;
      });
  }
  return result;
}

export interface TraversalRow {
  readonly name: string;
  readonly vector: Code;
}

/** One unit along each row: a latent's standard deviation, or the way between the means of two classes. */
export function latentRows(spread: LatentSpreadFacts, count: number): TraversalRow[] {
  return spread.order.slice(0, count).map((latent) => ({
    name: `latent ${latent + 1}`,
    vector: spread.deviation.map((deviation, at) => (at === latent ? deviation : 0)),
  }));
}

/** The code moved along every row to every position: [rows x positions]. */
export function traversal(
  code: Code,
  rows: readonly TraversalRow[],
  positions: readonly number[],
): number[][] {
  return rows.flatMap(({ vector }) =>
    positions.map((position) => code.map((value, at) => value + position * (vector[at] ?? 0))),
  );
}

/** Positions from -range to range. */
export function positionsOf(steps: number, range: number): number[] {
  return Array.from({ length: steps }, (_, at) => -range + (2 * range * at) / (steps - 1));
}
