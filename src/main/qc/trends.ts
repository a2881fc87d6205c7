/**
 * Polynomials of order 1 to `order` over the volumes of a run, orthonormal and orthogonal to the constant (discrete
 * Legendre polynomials).
 *
 * @returns one [nVolumes] array an order; all zeros where a run is too short to have that order.
 */
export function orthonormalTrends(nVolumes: number, order: number): Float64Array[] {
  const basis: Float64Array[] = [new Float64Array(nVolumes).fill(1 / Math.sqrt(nVolumes))];
  for (let power = 1; power <= order; power += 1) {
    const column = Float64Array.from({ length: nVolumes }, (_, t) => {
      const position = nVolumes > 1 ? (2 * t) / (nVolumes - 1) - 1 : 0;
      return position ** power;
    });
    const before = norm(column);
    // Twice: once would leave rounding behind.
    for (let pass = 0; pass < 2; pass += 1) {
      for (const other of basis) {
        let product = 0;
        for (let t = 0; t < nVolumes; t += 1) product += other[t] * column[t];
        for (let t = 0; t < nVolumes; t += 1) column[t] -= product * other[t];
      }
    }
    const length = norm(column);
    const scale = length > 1e-9 * before ? 1 / length : 0;
    basis.push(column.map((value) => value * scale));
  }
  return basis.slice(1);
}

function norm(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}
