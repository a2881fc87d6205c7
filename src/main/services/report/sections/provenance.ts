import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { appVersion } from '../../../../shared/version.ts';
import type { LineageJob } from '../../../store/lineage.ts';
import { type Block, missing, type Section, tableBlock, text, textColumn } from '../document.ts';
import { engineOf } from './methods.ts';

/** Software, and the hashes of everything that was read from outside the project. */
export function provenanceSection(jobs: readonly LineageJob[]): Section {
  const software = softwareOf(jobs);
  const inputs = jobs.flatMap(({ label, stage, inputs: own }) =>
    own.map(({ name, hash, isArtifact }) => ({ label, stage, name, hash, isArtifact })),
  );
  const outside = inputs.filter(({ isArtifact }) => !isArtifact);
  const files = new Map(outside.map((input) => [`${input.hash} ${input.name}`, input]));
  return {
    id: 'provenance',
    heading: 'Software and data',
    blocks: [
      text(
        `Results are named by the hash of their content, and every step by the hash of what it was told and what it read: equal hashes are equal data. ${files.size} files or folders were read from outside the project.`,
      ),
      tableBlock({
        name: 'software',
        caption: 'Software. Versions of packages are those that this installation pins.',
        folded: true,
        columns: [
          textColumn(software, 'name', 'software', ([name]) => name),
          textColumn(software, 'version', 'version', ([, version]) => version),
        ],
      }),
      tableBlock({
        name: 'data',
        caption: 'SHA-256 of what was read from outside the project, by the step that read it.',
        folded: true,
        columns: hashColumns([...files.values()]),
      }),
      tableBlock({
        name: 'results',
        caption: 'Results of steps that later steps read, by the hash of their content.',
        folded: true,
        columns: hashColumns(inputs.filter(({ isArtifact }) => isArtifact)),
      }),
    ],
  };
}

function hashColumns(
  inputs: readonly {
    readonly label: string;
    readonly stage: string;
    readonly name: string;
    readonly hash: string;
  }[],
) {
  return [
    textColumn(inputs, 'job', 'step', ({ label }) => label),
    textColumn(inputs, 'input', 'input', ({ name }) => name),
    textColumn(inputs, 'hash', 'hash', ({ hash }) => hash),
  ];
}

const manifestSchema = z.object({ dependencies: z.record(z.string(), z.string()) });

function softwareOf(jobs: readonly LineageJob[]): (readonly [string, string])[] {
  const versions = new Set(jobs.map((job) => job.appVersion));
  const engines = new Set(jobs.map(({ summary }) => engineOf(summary)).filter((engine) => engine !== null));
  const manifest = fileURLToPath(new URL('../../../../../package.json', import.meta.url));
  const { dependencies } = existsSync(manifest)
    ? manifestSchema.parse(JSON.parse(readFileSync(manifest, 'utf8')))
    : { dependencies: {} };
  return [
    ['Fusiform (this report)', appVersion],
    ['Fusiform (results)', [...versions].join(', ')],
    ...[...engines].map((engine) => ['Engine', engine] as const),
    ['Node.js', process.version],
    ['Platform', `${process.platform} ${process.arch}`],
    ...Object.entries(dependencies),
  ];
}

/** What arose on the way, and what of the results no longer holds. */
export function problemsSection(
  jobs: readonly LineageJob[],
  leftOut: readonly { readonly what: string; readonly code: string; readonly message: string }[] = [],
): Section {
  const problems = [
    ...leftOut.map(({ what, code, message }) => ({ label: what, code, message, file: null })),
    ...jobs.flatMap(({ label, problems: own }) =>
      own.map(({ code, message, file, line }) => ({
        label,
        code,
        message,
        file: file === undefined ? null : line === undefined ? file : `${file}:${line}`,
      })),
    ),
  ];
  return {
    id: 'problems',
    heading: 'Problems and warnings',
    blocks:
      problems.length === 0
        ? [text('None arose in any step.')]
        : [
            tableBlock({
              name: 'problems',
              caption:
                'What arose in the steps and did not stop them, or what was left out because of it. docs/guide/errors.md explains each code.',
              rowsShown: 40,
              columns: [
                textColumn(problems, 'step', 'step', ({ label }) => label),
                textColumn(problems, 'code', 'code', ({ code }) => code),
                textColumn(problems, 'message', 'message', ({ message }) => message),
                textColumn(problems, 'file', 'file', ({ file }) => file),
              ],
            }),
          ],
  };
}

const descriptionSchema = z.looseObject({
  Name: z.string().optional(),
  License: z.string().optional(),
  Authors: z.array(z.string()).optional(),
  DatasetDOI: z.string().optional(),
  HowToAcknowledge: z.string().optional(),
});

/** Whom to cite, and under which licence the data came. */
export function citationSection(sources: readonly (string | null)[]): Section {
  const blocks: Block[] = [
    text(
      'Method: VanRullen, R. & Reddy, L. (2019). Reconstructing faces from fMRI patterns using deep generative neural networks. Communications Biology 2, 193. doi 10.1038/s42003-019-0438-y. Learned similarity: Larsen, A. B. L., Sonderby, S. K., Larochelle, H. & Winther, O. (2016). Autoencoding beyond pixels using a learned similarity metric. ICML.',
    ),
    text(`Software: Fusiform ${appVersion}, licence Apache-2.0.`),
  ];
  for (const source of new Set(sources)) blocks.push(datasetBlock(source));
  return { id: 'citation', heading: 'Citation and licence', blocks };
}

function datasetBlock(source: string | null): Block {
  const file = source === null ? null : join(source, 'dataset_description.json');
  if (file === null || !existsSync(file)) {
    return missing("the data's licence: the dataset has no dataset_description.json that could be read.");
  }
  const parsed = descriptionSchema.safeParse(parsedJson(file));
  if (!parsed.success) return missing(`the data's licence: ${file} is not what BIDS asks for.`);
  const { Name, License, Authors, DatasetDOI, HowToAcknowledge } = parsed.data;
  const parts = [
    Name === undefined ? 'Data' : `Data: ${Name}`,
    ...(Authors === undefined || Authors.length === 0 ? [] : [Authors.join(', ')]),
    ...(DatasetDOI === undefined ? [] : [DatasetDOI]),
    License === undefined ? 'licence not stated' : `licence ${License}`,
    ...(HowToAcknowledge === undefined ? [] : [HowToAcknowledge]),
  ];
  return text(`${parts.join('. ')}.`);
}

function parsedJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
