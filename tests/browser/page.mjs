// Opens one page in headless Chromium and does what it is told, with no way out: every request but that for the page itself
// is noted and refused. Reads {page, browser, scheme, actions} as JSON on standard input, and prints {states, requests,
// messages}: the state of the page at first and after each action; whatever was asked for, and said by console, policy or
// dialogs.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const told = JSON.parse(readFileSync(0, "utf-8"));
const address = pathToFileURL(told.page).href;
const requests = [];
const messages = [];

const ACTIONS = {
  select: (page, { id, value }) => page.selectOption(`#${id}`, value),
  fill: (page, { id, value }) => page.fill(`#${id}`, value),
  click: (page, { what }) => page.locator(what).first().click(),
  press: (page, { key }) => page.keyboard.press(key),
  view: (page, { width }) => page.setViewportSize({ width, height: 800 }),
  print: async (page) => {
    await page.emulateMedia({ media: "print" });
    await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  },
};

const state = (page) => page.evaluate(() => {
  const text = (element) => (element ? element.textContent : null);
  const seen = (element) => element.getClientRects().length > 0;
  return {
    about: text(document.getElementById("about")),
    count: text(document.getElementById("count")),
    more: seen(document.getElementById("more")) ? text(document.getElementById("more")) : null,
    tiles: [...document.querySelectorAll("#tiles li")].map((tile) => tile.innerText.split("\n")),
    orders: [...document.querySelectorAll("#order option")].map((option) => option.value),
    charts: seen(document.getElementById("charts")),
    rows: [...document.getElementById("rows").children].map((row) => ({
      level: text(row.querySelector(".level")),
      name: row.querySelector("th").firstChild.textContent,
      facts: text(row.querySelector(".facts")),
      links: [...row.querySelectorAll(".facts a")].map((link) => link.href),
      step: text(row.children[2]),
      marks: [...row.querySelectorAll("mark")].map((mark) => [mark.className, mark.textContent]),
      findings: [...row.querySelectorAll(".list > li > strong")].map(text),
      messages: [...row.querySelectorAll(".list > li > p:not(.help)")].map(text),
      shown: seen(row),
    })),
    tags: [...new Set([...document.querySelectorAll("#rows *")].map((element) => element.tagName.toLowerCase()))],
    focus: document.activeElement.tagName.toLowerCase(),
    wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
    ground: getComputedStyle(document.body).backgroundColor,
  };
});

const browser = await chromium.launch({
  executablePath: told.browser,
  chromiumSandbox: false,
  args: ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync"],
});
try {
  const context = await browser.newContext({ colorScheme: told.scheme || "light", viewport: { width: 1280, height: 800 } });
  await context.route("**/*", (route) => {
    const url = route.request().url();
    if (url === address) return route.continue();
    requests.push(url);
    return route.abort();
  });
  context.on("page", (other) => messages.push(`window: ${other.url()}`));
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  messages.length = 0;
  page.on("console", (message) => messages.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => messages.push(`error: ${error}`));
  page.on("dialog", (dialog) => {
    messages.push(`dialog: ${dialog.message()}`);
    return dialog.dismiss();
  });
  await page.exposeFunction("steplintViolation", (text) => messages.push(`policy: ${text}`));
  await page.addInitScript(() => document.addEventListener("securitypolicyviolation", (event) =>
    window.steplintViolation(`${event.violatedDirective} ${event.blockedURI}`)));
  await page.goto(address);
  const states = [await state(page)];
  for (const action of told.actions) {
    await ACTIONS[action.do](page, action);
    states.push(await state(page));
  }
  // The page must not have held its tongue because nothing listens: a picture from elsewhere is refused, and said to be.
  await page.evaluate(() => { document.body.append(Object.assign(new Image(), { src: "https://example.com/probe.png" })); });
  await page.waitForFunction(() => document.images[0].complete);
  process.stdout.write(JSON.stringify({ states, requests, messages }));
} finally {
  await browser.close();
}
