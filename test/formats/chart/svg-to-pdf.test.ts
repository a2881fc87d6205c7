import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inflateSync } from 'node:zlib';
import { chartSvg } from '../../../src/main/formats/chart/svg.ts';
import { svgToPdf } from '../../../src/main/formats/chart/svg-to-pdf.ts';

/** The drawing operators of the only page. */
function contentOf(pdf: Uint8Array): string {
  const bytes = Buffer.from(pdf);
  const start = bytes.indexOf('stream\n') + 'stream\n'.length;
  return inflateSync(bytes.subarray(start, bytes.indexOf('\nendstream'))).toString('latin1');
}

/** Text as PDF writes it in hexadecimal. */
const hex = (text: string) => Buffer.from(text, 'latin1').toString('hex');

describe('a drawing as PDF', () => {
  it('keeps vectors, colours and places', async () => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="120" height="80">
      <g transform="translate(10,20)" stroke="#0072B2" fill="none">
        <path d="M0,0L30,40" stroke-width="2" stroke-dasharray="4,4"/>
        <rect x="1" y="2" width="3" height="4" fill="#ff000080" stroke="none"/>
        <text transform="translate(50,30)" text-anchor="middle" font-size="12px" fill="#333" stroke="none">a\u22125 &lt; 7</text>
      </g></svg>`;
    const pdf = await svgToPdf(svg, 'a title');
    const content = contentOf(pdf);
    assert.match(Buffer.from(pdf).toString('latin1'), /\/MediaBox \[0 0 120 80\]/);
    assert.match(content, /1 0 0 1 10 20 cm/);
    assert.match(content, /0 0 m\n30 40 l\n/);
    assert.match(content, /2 w\n\[4 4\] 0 d/);
    assert.match(content, /1 2 3 4 re/);
    assert.match(content, /\n0 0\.447\d+ 0\.698\d+ SCN/, 'the blue of the stroke');
    assert.ok(
      content.includes(hex('a\u22125 < 7'.replace('\u2212', '\x96'))),
      'text is text, the minus a dash',
    );
    assert.doesNotMatch(content, / Do\n/, 'nothing is a picture');
    assert.deepEqual(await svgToPdf(svg, 'a title'), pdf, 'the same drawing is the same file');
  });

  it('draws what charts are made of, clipped parts and turned titles among them', async () => {
    const svg = await chartSvg({
      width: 100,
      height: 60,
      data: {
        values: [
          { x: 1, y: -2, kind: 'one' },
          { x: 2, y: 3, kind: 'two' },
        ],
      },
      mark: { type: 'line', clip: true, point: true },
      encoding: {
        x: { field: 'x', type: 'quantitative' },
        y: { field: 'y', type: 'quantitative', title: 'turned' },
        color: { field: 'kind', type: 'nominal' },
      },
    } as Parameters<typeof chartSvg>[0]);
    const content = contentOf(await svgToPdf(svg, 'chart'));
    for (const text of ['turned', 'one', 'two', '\x962']) {
      const letters = hex(text);
      assert.ok(content.replaceAll(/> -?\d+(\.\d+)? </g, '').includes(letters), `${text} is there`);
    }
    assert.match(content, /\nW n\n/, 'clipped');
  });

  it('puts pictures where they are', async () => {
    const png =
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><image x="2" y="3" width="10" height="5" href="data:image/png;base64,${png}"/></svg>`;
    assert.match(contentOf(await svgToPdf(svg, 'picture')), /10 0 0 -5 2 8 cm\n\/I1 Do/);
  });
});
