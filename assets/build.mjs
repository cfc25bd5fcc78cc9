/** Builds static/ from assets/: `npm run build`. The built files have fixed names and are committed. */
import { build } from "esbuild";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { checkContrast } from "./contrast.mjs";
import { ICONS } from "./icons.mjs";

const BUDGETS = { "static/app.css": 14_000, "static/app.js + static/htmx.js": 19_000 }; // bytes, gzipped

/** Takes the shapes of our icons out of the package, as one Jinja dictionary. */
async function iconShapes() {
  const shapes = await Promise.all(
    Object.entries(ICONS).map(async ([name, source]) => {
      const svg = await readFile(`node_modules/lucide-static/icons/${source}.svg`, "utf8");
      const inner = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace("</svg>", "");
      return `  "${name}": '${inner.trim().replace(/\s*\n\s*/g, "").replaceAll(" />", "/>")}'`;
    }),
  );
  return (
    "{# Built by `npm run build` from assets/icons.mjs; do not edit.\n" +
    "   Shapes from Lucide, ISC licence, (c) Lucide Icons and Contributors; some from Feather, MIT, (c) Cole Bemis.\n" +
    "   The licences stand in assets/icons-licence.txt. #}\n" +
    `{% set SHAPES = {\n${shapes.join(",\n")}\n} %}\n`
  );
}

checkContrast(await readFile("assets/css/tokens.css", "utf8"));

const target = ["chrome99", "firefox97", "safari15.4"]; // the first with @layer
await build({
  entryPoints: { app: "assets/css/app.css" },
  outdir: "static",
  bundle: true,
  minify: true,
  target,
  external: ["fonts/*"],
  legalComments: "inline",
});
await build({ entryPoints: { app: "assets/js/app.js" }, outdir: "static", bundle: true, minify: true, target, format: "iife" });
await copyFile("node_modules/htmx.org/dist/htmx.min.js", "static/htmx.js");
await copyFile("node_modules/lucide-static/LICENSE", "assets/icons-licence.txt");
await writeFile("templates/components/icon_shapes.html", await iconShapes());

for (const [files, budget] of Object.entries(BUDGETS)) {
  const parts = await Promise.all(files.split(" + ").map((file) => readFile(file)));
  const size = parts.reduce((sum, part) => sum + gzipSync(part, { level: 9 }).length, 0);
  console.log(`${files}: ${size} bytes gzipped of ${budget}`);
  if (size > budget) {
    console.error(`${files} is over its budget.`);
    process.exitCode = 1;
  }
}
