/** The report's look: follows the system's theme; pictures stand on black in both. */
export const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 0; }
main { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
.lead { font-size: 1.1rem; }
.note, figcaption { color: #777; font-size: 0.9rem; }
figure { margin: 1rem 0; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { text-align: left; padding: 0.25rem 0.9rem 0.25rem 0; border-bottom: 1px solid #8884; font-weight: normal; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.gallery { display: grid; gap: 0.4rem; }
.gallery > div { display: grid; grid-template-columns: repeat(4, 7rem) 1fr; gap: 0.4rem; align-items: center; }
.gallery .head { color: #777; font-size: 0.9rem; align-items: end; }
img { background: #000; image-rendering: auto; }
.gallery img { width: 7rem; height: 7rem; }
img.wide { width: 100%; image-rendering: pixelated; }
svg { max-width: 100%; height: auto; }
`;
