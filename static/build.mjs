// Lays out in static/vendor/ the few installed files browsers need, so that pages ask no third party for anything.
import { copyFile, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "..", "node_modules");
const vendor = join(here, "vendor");

const font = "atkinson-hyperlegible-next-latin-wght";
const copied = {
  "socket.io.esm.min.js": "socket.io-client/dist/socket.io.esm.min.js",
  "uPlot.min.css": "uplot/dist/uPlot.min.css",
  [`fonts/${font}.woff2`]: `@fontsource-variable/atkinson-hyperlegible-next/files/${font}-normal.woff2`,
};

async function report(name) {
  const { size } = await stat(join(vendor, name));
  console.log(`static/vendor/${name}  ${Math.ceil(size / 1024)} KB`);
}

for (const [name, source] of Object.entries(copied)) {
  const target = join(vendor, name);
  await mkdir(dirname(target), { recursive: true });
  await copyFile(join(modules, source), target);
  await report(name);
}

// uPlot's module is published unminified only, at twice the weight; its small script becomes a module with one export.
const script = await readFile(join(modules, "uplot/dist/uPlot.iife.min.js"), "utf8");
await writeFile(join(vendor, "uPlot.esm.js"), `${script}\nexport default uPlot;\n`);
await report("uPlot.esm.js");
