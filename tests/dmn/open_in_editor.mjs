// Opens a DMN file in dmn-js, in a headless Chromium, and tells what the editor sees of it.
// node open_in_editor.mjs MODULES CHROMIUM FILE OUT: MODULES is a folder with dmn-js and playwright-core in it; OUT gets
// report.json, saved.dmn (the file as the editor saves it) and pictures.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [modules, executablePath, file, out] = process.argv.slice(2);
const { chromium } = createRequire(join(modules, "package.json"))("playwright-core");
const dist = join(modules, "node_modules", "dmn-js", "dist");
const styles = ["diagram-js.css", "dmn-js-shared.css", "dmn-js-drd.css", "dmn-js-decision-table.css", "dmn-font/css/dmn.css"];

const browser = await chromium.launch({
  executablePath,
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
try {
  const page = await browser.newPage({ viewport: { width: 1900, height: 1100 } });
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.setContent('<!DOCTYPE html><html lang="en"><body><div id="canvas" style="height: 1080px"></div></body></html>');
  for (const name of styles) await page.addStyleTag({ path: join(dist, "assets", name) });
  await page.addScriptTag({ path: join(dist, "dmn-modeler.development.js") });
  const report = await page.evaluate(async (xml) => {
    const editor = (window.editor = new window.DmnJS({ container: "#canvas" }));
    const { warnings } = await editor.importXML(xml);
    const tables = {};
    for (const view of editor.getViews().filter((held) => held.type === "decisionTable")) {
      await editor.open(view);
      const table = view.element.decisionLogic;
      tables[view.element.id] = {
        inputs: table.input.length,
        rules: document.querySelectorAll("#canvas tbody tr").length,
        policy: [table.hitPolicy, table.aggregation].filter(Boolean).join(" "),
      };
    }
    const drd = editor.getViews().find((held) => held.type === "drd");
    const { xml: saved } = await editor.saveXML({ format: true });
    return { warnings: warnings.map((held) => held.message), drawing: Boolean(drd), tables, saved };
  }, readFileSync(file, "utf-8"));
  const open = (wanted) => page.evaluate(async (name) => {
    const views = window.editor.getViews();
    await window.editor.open(views.find((held) => (name ? held.element.id === name : held.type === "drd")));
    if (!name) window.editor.getActiveViewer().get("canvas").zoom("fit-viewport");
  }, wanted);
  if (report.drawing) {
    await open(null);
    await page.screenshot({ path: join(out, "drawing.png") });
  }
  for (const name of Object.keys(report.tables)) {
    await open(name);
    await page.screenshot({ path: join(out, `${name}.png`) });
  }
  writeFileSync(join(out, "saved.dmn"), report.saved);
  delete report.saved;
  writeFileSync(join(out, "report.json"), JSON.stringify({ ...report, errors }, null, 1));
} finally {
  await browser.close();
}
