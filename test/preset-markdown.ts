import { presetTable } from '../src/main/services/training-config.ts';

/** The values of all presets as a table of the guide. */
export function presetMarkdown(): string {
  const [paper, small, tiny] = [presetTable('paper'), presetTable('small'), presetTable('tiny')];
  const cell = (value: unknown) => `\`${JSON.stringify(value)}\``;
  const rows = paper.map(
    ({ path, meaning, source, value }, at) =>
      `| \`${path}\` | ${cell(value)} | ${cell(small[at].value)} | ${cell(tiny[at].value)} | ${meaning} | ${source} |`,
  );
  return [
    '| value | paper (default) | small | tiny | meaning | source of the default |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}
