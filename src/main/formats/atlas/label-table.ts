import { extname } from 'node:path';
import { SaxesParser } from 'saxes';
import { FusiformError } from '../../../shared/errors.ts';
import { readFileChecked } from '../files/read.ts';
import { parseJson } from '../json/json.ts';
import { decodeText, parseTable } from '../tsv/table.ts';

/** A value of a label image and the structure that it stands for. */
export interface AtlasLabel {
  readonly index: number;
  readonly name: string;
}

/** Columns of the value and of the name, in BIDS's spelling first. */
const indexColumns = ['index', 'label', 'id', 'value', 'key', 'no', 'no.', 'roi'];
const nameColumns = ['name', 'label_name', 'labelname', 'region', 'structure', 'abbreviation'];

/**
 * Reads a table of labels: BIDS (`_dseg.tsv`) or any TSV or CSV with a column of values and one of names; FSL's XML;
 * FreeSurfer's colour tables and other text of a number and a name a line (AAL's too); JSON that maps numbers to names.
 *
 * FSL numbers the labels of its probabilistic atlases from 0, and their maximum-probability images from 1: the values
 * given here are those of the images.
 *
 * @returns ascending by value
 * @throws FusiformError ATLAS_INVALID (with the line), what reading tables and JSON throws
 */
export async function readAtlasLabels(path: string): Promise<AtlasLabel[]> {
  const text = decodeText(await readFileChecked(path));
  const labels = labelsOf(text, extname(path).toLowerCase(), path);
  if (labels.length === 0)
    throw new FusiformError('ATLAS_INVALID', 'The file names no labels.', { file: path });
  const seen = new Map<number, string>();
  for (const { index, name } of labels) {
    const other = seen.get(index);
    if (other !== undefined && other !== name) {
      throw new FusiformError('ATLAS_INVALID', `The value ${index} is both "${other}" and "${name}".`, {
        file: path,
      });
    }
    seen.set(index, name);
  }
  return [...seen].map(([index, name]) => ({ index, name })).sort((a, b) => a.index - b.index);
}

function labelsOf(text: string, ending: string, file: string): AtlasLabel[] {
  if (ending === '.xml') return fromFslXml(text, file);
  if (ending === '.json') return fromJson(parseJson(text, file), file);
  if (ending === '.tsv' || ending === '.csv') return fromTable(text, file);
  return fromLines(text, file);
}

function fromTable(text: string, file: string): AtlasLabel[] {
  const { columns, rows } = parseTable(text, file);
  const find = (names: readonly string[]) =>
    names
      .map((name) => columns.find((column) => column.toLowerCase() === name))
      .find((column) => column !== undefined);
  const indexColumn = find(indexColumns);
  const nameColumn = find(nameColumns.filter((name) => name !== indexColumn?.toLowerCase()));
  if (indexColumn === undefined || nameColumn === undefined) {
    throw new FusiformError(
      'ATLAS_INVALID',
      `The table needs a column "index" and a column "name"; it has ${columns.join(', ')}.`,
      { file, line: 1 },
    );
  }
  return rows.map(({ line, values }) => {
    const index = Number(values[indexColumn]);
    if (!Number.isInteger(index) || values[indexColumn].trim() === '') {
      throw new FusiformError('ATLAS_INVALID', `"${values[indexColumn]}" is no whole number.`, {
        file,
        line,
      });
    }
    return { index, name: values[nameColumn].trim() };
  });
}

/** `17 Left-Hippocampus 220 216 20 0`, `1 Precentral_L 2001`, or AAL's first release: `FAG Precentral_L 2001`. */
function fromLines(text: string, file: string): AtlasLabel[] {
  return text.split(/\r?\n/).flatMap((line, at): AtlasLabel[] => {
    const words = line.replace(/#.*/, '').trim().split(/\s+/);
    if (words[0] === '') return [];
    if (/^\d+$/.test(words[0]) && words.length >= 2) return [{ index: Number(words[0]), name: words[1] }];
    if (words.length === 3 && /^\d+$/.test(words[2])) return [{ index: Number(words[2]), name: words[1] }];
    throw new FusiformError('ATLAS_INVALID', 'The line does not begin with a number and a name.', {
      file,
      line: at + 1,
    });
  });
}

function fromFslXml(text: string, file: string): AtlasLabel[] {
  const parser = new SaxesParser();
  const labels: AtlasLabel[] = [];
  let content = '';
  let type = '';
  let index = Number.NaN;
  const fault = (message: string) => new FusiformError('ATLAS_INVALID', message, { file, line: parser.line });
  parser.on('error', (error) => {
    throw fault(`The XML is not well formed: ${error.message}.`);
  });
  parser.on('opentag', ({ name, attributes }) => {
    content = '';
    if (name === 'label') index = Number(attributes.index ?? Number.NaN);
  });
  parser.on('text', (piece) => {
    content += piece;
  });
  parser.on('closetag', ({ name }) => {
    if (name === 'type') type = content.trim().toLowerCase();
    if (name !== 'label') return;
    if (!Number.isInteger(index)) throw fault(`The label "${content.trim()}" has no index.`);
    labels.push({ index: type === 'label' ? index : index + 1, name: content.trim() });
  });
  parser.write(text).close();
  return labels;
}

function fromJson(value: unknown, file: string): AtlasLabel[] {
  const fault = () =>
    new FusiformError('ATLAS_INVALID', 'The JSON does not map whole numbers to names.', { file });
  const list = Array.isArray(value)
    ? value.map((item): [unknown, unknown] => {
        const { index, name } = (item ?? {}) as { index?: unknown; name?: unknown };
        return [index, name];
      })
    : typeof value === 'object' && value !== null
      ? Object.entries(value)
      : [];
  return list.map(([key, name]) => {
    const index = Number(key);
    if (!Number.isInteger(index) || typeof name !== 'string') throw fault();
    return { index, name };
  });
}
