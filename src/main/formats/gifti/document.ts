import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { FusiformError } from '../../../shared/errors.ts';
import type { CoordinateSystem, GiftiLabel } from './gifti.ts';

/** What the XML says; the numbers of the arrays are still text. */
export interface GiftiDocument {
  version: string;
  metadata: Record<string, string>;
  labels: GiftiLabel[];
  arrays: ArrayElement[];
}

export interface ArrayElement {
  readonly attributes: Readonly<Record<string, string>>;
  /** Of its first character in the file. */
  readonly line: number;
  readonly metadata: Record<string, string>;
  readonly coordinateSystems: CoordinateSystem[];
  data: string;
}

/** Longer names and values than this are no metadata. Only `Data` may be long. */
const longestText = 1 << 20;
/** Elements in elements; the format needs five. */
const deepest = 16;

/**
 * The elements of a GIfTI file, taken from XML that comes in pieces. A document type is passed over: no entity is
 * defined by it, and nothing is fetched.
 */
export class GiftiParser {
  readonly document: GiftiDocument = { version: '', metadata: {}, labels: [], arrays: [] };
  readonly #file: string;
  readonly #parser = new SaxesParser();
  readonly #path: string[] = [];
  #text: string[] = [];
  #textLength = 0;
  #attributes: Readonly<Record<string, string>> = {};
  #name = '';
  #value = '';
  #spaces: [string, string] = ['', ''];

  constructor(file: string) {
    this.#file = file;
    this.#parser.on('error', (error) => {
      throw this.#fault(`The XML is not well formed: ${error.message}.`);
    });
    this.#parser.on('opentag', (tag) => this.#open(tag));
    this.#parser.on('text', (text) => this.#take(text));
    this.#parser.on('cdata', (text) => this.#take(text));
    this.#parser.on('closetag', (tag) => this.#close(tag.name));
  }

  write(chunk: string): void {
    this.#parser.write(chunk);
  }

  /** @throws FusiformError GIFTI_INVALID where the document is not complete */
  close(): GiftiDocument {
    this.#parser.close();
    return this.document;
  }

  #fault(message: string): FusiformError {
    return new FusiformError('GIFTI_INVALID', message, { file: this.#file, line: this.#parser.line });
  }

  #open({ name, attributes }: SaxesTagPlain): void {
    if (this.#path.length === 0 && name !== 'GIFTI') {
      throw this.#fault(`This is no GIfTI file: its outermost element is <${name}>.`);
    }
    if (this.#path.length >= deepest) throw this.#fault('The elements of the XML are nested too deeply.');
    this.#path.push(name);
    this.#text = [];
    this.#textLength = 0;
    this.#attributes = attributes;
    if (name === 'GIFTI') this.document.version = attributes.Version ?? '';
    if (name === 'DataArray') {
      this.document.arrays.push({
        attributes,
        line: this.#parser.line,
        metadata: {},
        coordinateSystems: [],
        data: '',
      });
    }
  }

  #take(text: string): void {
    this.#textLength += text.length;
    const element = this.#path.at(-1);
    if (element !== 'Data' && this.#textLength > longestText) {
      throw this.#fault(`The text of <${element}> is longer than ${longestText} characters.`);
    }
    this.#text.push(text);
  }

  #close(element: string): void {
    const text = this.#text.join('');
    this.#text = [];
    this.#textLength = 0;
    this.#path.pop();
    const array = this.#path.includes('DataArray') ? this.document.arrays.at(-1) : undefined;
    switch (element) {
      case 'Name':
        this.#name = text.trim();
        break;
      case 'Value':
        this.#value = text.trim();
        break;
      case 'MD':
        (array ?? this.document).metadata[this.#name] = this.#value;
        [this.#name, this.#value] = ['', ''];
        break;
      case 'Label':
        this.document.labels.push(this.#label(text.trim()));
        break;
      case 'DataSpace':
        this.#spaces[0] = text.trim();
        break;
      case 'TransformedSpace':
        this.#spaces[1] = text.trim();
        break;
      case 'MatrixData':
        array?.coordinateSystems.push(this.#coordinateSystem(text));
        break;
      case 'Data':
        if (array) array.data = text;
        break;
    }
  }

  #label(name: string): GiftiLabel {
    // Files of the format's first years say Index.
    const { Key, Index, Red, Green, Blue, Alpha } = this.#attributes;
    const key = Number(Key ?? Index);
    if (!Number.isInteger(key)) throw this.#fault(`The label "${name}" has no whole number as its key.`);
    const given = [Red, Green, Blue, Alpha].map(Number);
    const [red, green, blue, alpha] = given;
    return { key, name, colour: given.every(Number.isFinite) ? [red, green, blue, alpha] : null };
  }

  #coordinateSystem(text: string): CoordinateSystem {
    const matrix = Float64Array.from(text.trim().split(/\s+/), Number);
    if (matrix.length !== 16 || !matrix.every(Number.isFinite)) {
      throw this.#fault('A coordinate transform does not have 16 numbers.');
    }
    const [dataSpace, transformedSpace] = this.#spaces;
    this.#spaces = ['', ''];
    return { dataSpace, transformedSpace, matrix };
  }
}
