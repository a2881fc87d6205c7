import { FusiformError } from '../../../shared/errors.ts';
import { writeFileAtomic } from '../files/atomic-write.ts';
import { readFileChecked } from '../files/read.ts';

/**
 * Parses JSON text, with or without a byte order mark.
 *
 * @throws FusiformError JSON_SYNTAX, with the line where the parser tells it
 */
export function parseJson(text: string, file: string): unknown {
  const content = text.replace(/^\uFEFF/, '');
  try {
    return JSON.parse(content);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const line = syntaxErrorLine(error.message, content);
    throw new FusiformError('JSON_SYNTAX', `This is not valid JSON: ${error.message}.`, {
      file,
      cause: error,
      ...(line === undefined ? {} : { line }),
    });
  }
}

/** V8 says "at position 17 (line 2 column 3)", or nothing where the text simply ends or the place is quoted. */
function syntaxErrorLine(message: string, text: string): number | undefined {
  const content = text.trimEnd();
  const found = /at position (\d+)/.exec(message)?.[1];
  const position = found === undefined && message.includes('end of JSON') ? content.length : Number(found);
  // Where the text ends too early, its last line is the place to look.
  if (Number.isNaN(position)) return content.includes('\n') ? undefined : 1;
  return content.slice(0, position).split('\n').length;
}

/** @throws FusiformError JSON_SYNTAX, FILE_NOT_FOUND, FILE_UNREADABLE, FILE_EMPTY */
export async function readJsonFile(path: string): Promise<unknown> {
  return parseJson((await readFileChecked(path)).toString('utf8'), path);
}

/** Writes a value as indented JSON, whole or not at all (see `writeFileAtomic`). */
export function writeJsonFile(path: string, value: unknown): Promise<void> {
  return writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
}
