/** Checks the colour tokens: contrast of every pair that meets on a page (WCAG 2.2), and the two dark blocks alike. */

const TONES = ["primary", "accent", "info", "success", "warning", "danger"];
// [foreground, background, least ratio]
const PAIRS = [
  ...["ink", "ink-soft", "link"].flatMap((ink) => ["paper", "surface", "sunken"].map((ground) => [ink, ground, 4.5])),
  ...["ink", "ink-soft"].flatMap((ink) => TONES.map((tone) => [ink, `${tone}-soft`, 4.5])),
  ...TONES.flatMap((tone) => [`${tone}-soft`, "surface", "paper"].map((ground) => [tone, ground, 4.5])),
  ["link", "primary-soft", 4.5],
  ["ink", "neutral-soft", 4.5],
  ["ink-soft", "neutral-soft", 4.5],
  ["on-primary", "primary", 4.5],
  ["on-primary", "primary-hover", 4.5],
  ["on-danger", "danger", 4.5],
  ...["deep-ink", "deep-soft", "deep-accent"].flatMap((ink) => ["deep", "deep-raised"].map((ground) => [ink, ground, 4.5])),
  ["on-deep-accent", "deep-accent", 4.5],
  ["on-deep-accent", "deep-accent-hover", 4.5],
  ...["line-strong", "focus"].flatMap((line) => ["paper", "surface"].map((ground) => [line, ground, 3])),
];

const tokensOf = (block) => Object.fromEntries([...block.matchAll(/--([\w-]+):\s*([^;]+);/g)].map((m) => [m[1], m[2]]));

function luminance(hex) {
  const [r, g, b] = [1, 3, 5]
    .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function ratio(a, b) {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

/** Throws an error that names every pair below its least ratio. `css` is the text of tokens.css. */
export function checkContrast(css) {
  const block = (start) => tokensOf(css.slice(css.indexOf(start)).match(/\{([^}]*)\}/)[1]);
  const light = block("\n:root {");
  const dark = block('  :root:not([data-theme="light"])');
  if (JSON.stringify(dark) !== JSON.stringify(block(':root[data-theme="dark"]'))) {
    throw new Error("tokens.css: the two dark blocks differ");
  }
  const failures = Object.entries({ light, dark: { ...light, ...dark } }).flatMap(([theme, tokens]) =>
    PAIRS.map(([ink, ground, least]) => [ink, ground, least, ratio(tokens[ink], tokens[ground])])
      .filter(([, , least, found]) => found < least)
      .map(([ink, ground, least, found]) => `${theme}: ${ink} on ${ground} ${found.toFixed(2)} < ${least}`),
  );
  if (failures.length) throw new Error(`tokens.css: too little contrast\n${failures.join("\n")}`);
}
