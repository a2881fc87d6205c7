import { strongestPairs } from '../../qc/design-quality.ts';
import { type Flag, runLimits } from '../../qc/flags.ts';
import type { RunDesign } from './run-quality.ts';

/** Marks a design whose conditions can hardly be told apart, or not at all. */
export function designFlags(run: RunDesign | null): Flag[] {
  if (run === null) return [];
  const { design, quality } = run;
  const asked = (column: number) => ['condition', 'modulator'].includes(design.roles[column]);
  const inflated = quality.columns
    .map((column, at) => ({ column, vif: quality.vif[at] }))
    .filter(({ column, vif }) => asked(column) && vif > runLimits.designVif)
    .sort((a, b) => b.vif - a.vif);
  const names = inflated.slice(0, 3).map(({ column }) => `"${design.names[column]}"`);
  if (inflated.some(({ vif }) => vif === Number.POSITIVE_INFINITY)) {
    return [
      {
        kind: 'design',
        level: 'bad',
        reason: `conditions of the design are combinations of other columns: ${names.join(', ')}`,
      },
    ];
  }
  if (inflated.length > 0) {
    return [
      {
        kind: 'design',
        level: 'look',
        reason: `variance inflation ${inflated[0].vif.toFixed(0)} of ${names.join(', ')} (limit ${runLimits.designVif})`,
      },
    ];
  }
  const pair = strongestPairs(quality, quality.columns.length ** 2).find(({ a, b }) => asked(a) && asked(b));
  if (pair === undefined || Math.abs(pair.r) <= runLimits.designCorrelation) return [];
  return [
    {
      kind: 'design',
      level: 'look',
      reason: `"${design.names[pair.a]}" and "${design.names[pair.b]}" correlate by ${pair.r.toFixed(2)} (limit ${runLimits.designCorrelation})`,
    },
  ];
}
