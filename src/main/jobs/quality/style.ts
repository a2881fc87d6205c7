/** The look of the quality report: large enough to be projected, follows the system's light or dark theme. */
export const qualityStyle = `
:root { color-scheme: light dark; font: 17px/1.5 system-ui, sans-serif; --bad: #C04000; --look: #8F6400; --good: #00795A; }
@media (prefers-color-scheme: dark) { :root { --bad: #FF9A5C; --look: #F0BE4E; --good: #4FD0A8; } body { background: #16181b; color: #e8e8e8; } }
body { margin: 0; }
main { max-width: 76rem; margin: 2rem auto; padding: 0 1.5rem; }
h1 { font-size: 2rem; line-height: 1.2; margin-bottom: 0.4rem; }
h2 { font-size: 1.45rem; margin: 2.8rem 0 0.6rem; }
h3 { font-size: 1.15rem; margin: 1.6rem 0 0.4rem; }
.lead { font-size: 1.25rem; }
.note, figcaption { font-size: 0.95rem; opacity: 0.8; max-width: 62rem; }
figure { margin: 1rem 0 1.6rem; }
svg { max-width: 100%; height: auto; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: 0.8rem 0; font-size: 0.95rem; }
th, td { text-align: left; padding: 0.4rem 0.75rem 0.4rem 0; border-bottom: 1px solid #8885; font-weight: normal; vertical-align: top; }
thead th { vertical-align: bottom; opacity: 0.8; font-size: 0.92rem; line-height: 1.25; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.verdict { white-space: nowrap; font-weight: 600; }
.bad { color: var(--bad); } .look { color: var(--look); } .good { color: var(--good); }
.reasons { min-width: 19rem; } td:first-child { white-space: nowrap; }
.reasons ul, dd ul { margin: 0; padding-left: 1.1rem; }
details { border: 1px solid #8885; border-radius: 6px; padding: 0.5rem 1rem; margin: 0.7rem 0; }
summary { cursor: pointer; font-size: 1.1rem; }
dt { font-weight: 600; margin-top: 0.7rem; } dd { margin: 0 0 0 1.2rem; }
.pair { display: flex; flex-wrap: wrap; gap: 1.5rem 2.5rem; align-items: flex-start; }
.pair figure { flex: 1 1 30rem; max-width: 36rem; }
@media print { details { break-inside: avoid; } }
`;
