import { beginPageOfCharts, chartSvg } from '../../formats/chart/svg.ts';
import { html, type Markup, trusted } from '../../formats/html/html.ts';
import { rowCount, valueAt } from '../../formats/table/columns.ts';
import { type Block, type Report, type ReportFigure, type ReportTable, show } from './document.ts';
import { style } from './style.ts';

/** Nothing is fetched and nothing is run, whatever may stand in a name of a file. */
const policy =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The whole report as one page that needs no other file, no script and no network. */
export async function renderPage(report: Report): Promise<string> {
  beginPageOfCharts();
  const numbers = { table: 0, figure: 0 };
  const sections: Markup[] = [];
  for (const { id, heading, blocks } of report.sections) {
    const body: Markup[] = [];
    for (const block of blocks) body.push(await renderBlock(block, numbers));
    sections.push(html`<section aria-labelledby="${id}">
<h2 id="${id}">${heading}</h2>
${body}</section>
`);
  }
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<title>${report.title}</title>
<style>${trusted(style)}</style>
</head>
<body>
<main>
<h1>${report.title}</h1>
${report.warnings.map((warning) => html`<p class="warning">${warning}</p>\n`)}
<p class="lead">${report.lead}</p>
<nav aria-label="Contents"><ol>${report.sections.map(({ id, heading }) => html`<li><a href="#${id}">${heading}</a></li>`)}</ol></nav>
${sections}
</main>
</body>
</html>
`;
  return page.text;
}

async function renderBlock(block: Block, numbers: { table: number; figure: number }): Promise<Markup> {
  switch (block.kind) {
    case 'text':
      return html`<p>${block.text}</p>\n`;
    case 'note':
      return html`<p class="note">${block.text}</p>\n`;
    case 'missing':
      return html`<p class="missing">Not in this report: ${block.text}</p>\n`;
    case 'heading':
      return html`<h3>${block.text}</h3>\n`;
    case 'list':
      return html`<ul>${block.items.map((item) => html`<li>${item}</li>`)}</ul>\n`;
    case 'markup':
      return block.markup;
    case 'table':
      numbers.table += 1;
      return renderTable(block.table, numbers.table);
    case 'figure':
      numbers.figure += 1;
      return renderFigure(block.figure, numbers.figure);
  }
}

function renderTable({ columns, caption, name, folded, rowsShown }: ReportTable, number: number): Markup {
  const total = rowCount(columns);
  const shown = Math.min(total, rowsShown ?? total);
  const rest = shown < total ? ` The first ${shown} of ${total} rows; the files hold all.` : '';
  const isNumber = (at: number) => columns[at].shown !== 'text';
  const cell = (at: number, row: number) => show(valueAt(columns[at], row), columns[at].shown);
  const table = html`<div class="scroll"><table>
<caption><b>Table ${number}.</b> ${caption}${rest} <span class="file">Files: tables/${name}</span></caption>
<thead><tr>${columns.map(({ heading, description }, at) => html`<th scope="col"${isNumber(at) ? trusted(' class="number"') : ''}${description === undefined ? '' : html` title="${description}"`}>${heading}</th>`)}</tr></thead>
<tbody>
${Array.from({ length: shown }, (_, row) => html`<tr>${columns.map((_column, at) => (at === 0 ? html`<th scope="row"${isNumber(at) ? trusted(' class="number"') : ''}>${cell(at, row)}</th>` : html`<td${isNumber(at) ? trusted(' class="number"') : ''}>${cell(at, row)}</td>`))}</tr>\n`)}</tbody>
</table></div>
`;
  return folded === true
    ? html`<details><summary>Table ${number}: ${firstSentence(caption)} (${total} rows)</summary>${table}</details>\n`
    : table;
}

function firstSentence(caption: string): string {
  return caption.split(/(?<=\.)\s/)[0].replace(/\.$/, '');
}

async function renderFigure({ drawing, caption, alt, name }: ReportFigure, number: number): Promise<Markup> {
  const svg = 'svg' in drawing ? drawing.svg : await chartSvg(drawing, 'projected');
  return html`<figure><div class="scroll" role="img" aria-label="${alt}">${trusted(svg)}</div><figcaption><b>Figure ${number}.</b> ${caption} <span class="file">Files: figures/${name}</span></figcaption></figure>\n`;
}
