/** The report's look: follows the system's theme, and prints on A4. Pictures stand on black in both. */
export const style = `
:root { color-scheme: light dark; font: 15px/1.55 system-ui, sans-serif; --ink: #1c1e21; --soft: #5c6167; --line: #d5d8dc; --paper: #fff; --warn: #8a4b00; --warn-paper: #fff4e0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6e6; --soft: #a3a9b0; --line: #3a3f45; --paper: #16181b; --warn: #ffc878; --warn-paper: #33260f; } }
body { margin: 0; background: var(--paper); color: var(--ink); }
main { max-width: 58rem; margin: 2rem auto 4rem; padding: 0 1.2rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 0.6rem; }
h2 { font-size: 1.3rem; margin: 2.6rem 0 0.6rem; padding-top: 0.6rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.6rem 0 0.3rem; }
p, li { max-width: 46rem; }
a { color: inherit; }
.lead { font-size: 1.1rem; }
.warning { background: var(--warn-paper); color: var(--warn); border-left: 4px solid currentColor; padding: 0.5rem 0.8rem; }
.missing { color: var(--soft); border-left: 3px solid var(--line); padding-left: 0.8rem; }
.note, figcaption, caption, .file { color: var(--soft); font-size: 0.88rem; }
.file { white-space: nowrap; font-size: 0.8rem; }
nav ol { columns: 2 16rem; padding-left: 1.4rem; margin: 1rem 0; font-size: 0.93rem; }
figure { margin: 1.2rem 0 1.8rem; }
figcaption { margin-top: 0.4rem; max-width: 46rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: 1rem 0; font-size: 0.9rem; }
caption { caption-side: top; text-align: left; margin-bottom: 0.35rem; max-width: 46rem; }
th, td { text-align: left; padding: 0.3rem 0.9rem 0.3rem 0; border-bottom: 1px solid var(--line); font-weight: normal; vertical-align: top; overflow-wrap: anywhere; min-width: 2.5rem; }
thead th { border-bottom: 1.5px solid var(--soft); color: var(--soft); vertical-align: bottom; line-height: 1.3; overflow-wrap: normal; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
details { margin: 1rem 0; } summary { cursor: pointer; }
.gallery { border-spacing: 0.3rem; border-collapse: separate; }
.gallery th, .gallery td { border: 0; padding: 0; vertical-align: middle; min-width: 0; }
.gallery thead th { font-size: 0.82rem; padding: 0 0.2rem 0.2rem 0; width: 6.2rem; }
.gallery thead th:last-child { width: auto; } .gallery .scores { min-width: 12rem; font-size: 0.8rem; padding-left: 0.6rem; font-variant-numeric: tabular-nums; line-height: 1.4; }
.gallery img { display: block; width: 6.2rem; height: 6.2rem; }
img { background: #000; } img.wide { width: 100%; image-rendering: pixelated; }
svg { max-width: 100%; height: auto; }
@page { size: A4; margin: 16mm 15mm; }
@media print {
  :root { font-size: 10.5px; --ink: #000; --soft: #444; --line: #bbb; --paper: #fff; --warn: #000; --warn-paper: #fff; }
  main { margin: 0; padding: 0; max-width: none; }
  .scroll { overflow: visible; }
  figure, tr, .warning { break-inside: avoid; }
  h2, h3, caption { break-after: avoid; }
  thead { display: table-header-group; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  .gallery img, .gallery thead th { width: 22mm; } .gallery img { height: 22mm; }
}
`;
