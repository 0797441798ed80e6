// Debian's Firefox for a test in another language: one JSON request a line in, one answer a line out. Ends, browser and
// all, when its input does.
import { createInterface } from "node:readline";
import puppeteer from "puppeteer-core";

const PREFERENCES = {
  // A moving test picture and a tone in place of a camera and a microphone, allowed unasked.
  "media.navigator.streams.fake": true,
  "media.navigator.permission.disabled": true,
  // Real addresses in place of names that nothing resolves on a machine without a network.
  "media.peerconnection.ice.loopback": true,
  "media.peerconnection.ice.obfuscate_host_addresses": false,
  "media.autoplay.default": 0,
  "intl.accept_languages": "en-GB",
};
const PATIENCE = 30_000;
// On a small window tabs may lie over what is to be pressed.
const DESK = { width: 1280, height: 900 };

const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: process.argv[2],
  headless: true,
  extraPrefsFirefox: PREFERENCES,
});
const pages = new Map();

const ACTS = {
  // A person with an empty profile.
  async arrive({ name }) {
    const page = await (await browser.createBrowserContext()).newPage();
    page.setDefaultTimeout(PATIENCE);
    await page.setViewport(DESK);
    pages.set(name, page);
  },
  go: ({ name, url }) => pages.get(name).goto(url, { waitUntil: "domcontentloaded" }),
  fill: ({ name, field, text }) => pages.get(name).locator(field).fill(text),
  click: ({ name, button }) => pages.get(name).locator(button).click(),
  evaluate: ({ name, script }) => pages.get(name).evaluate(script),
  before: ({ name, script }) => pages.get(name).evaluateOnNewDocument(script),
  leave: ({ name }) => pages.get(name).browserContext().close(),
};
const ANSWERED = ["evaluate"];

for await (const line of createInterface({ input: process.stdin })) {
  const said = JSON.parse(line);
  let told = {};
  try {
    const value = await ACTS[said.act](said);
    if (ANSWERED.includes(said.act)) told = { value: value ?? null };
  } catch (error) {
    told = { error: `${said.act}: ${error.message}` };
  }
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
await browser.close();
