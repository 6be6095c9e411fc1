/** What the tests of the page do and see, as its user would: open a scene, walk with Tab, read. */

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { launch, program } from "./browser.mjs";
import { serve } from "./serve.mjs";

/** Tests of the page are skipped where there is no browser. */
export const options = { skip: program ? false : "no Chromium here" };

const TABS_AT_MOST = 40;

/** A browser for the tests of a file, opened before the first and closed after the last. */
export function user() {
  const self = {};
  let server, address;
  before(async () => {
    if (!program) return;
    ({ server, address } = await serve());
    self.browser = await launch();
    await self.browser.size(960, 680);
  });
  after(async () => {
    await self.browser?.close();
    server?.close();
  });
  const evaluate = (expression) => self.browser.evaluate(expression);
  return Object.assign(self, {
    open: (scene) => self.browser.open(`${address}/?scene=${scene}`),
    focused: () => evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"),
    calls: (command) => evaluate(`fake.calls.filter((call) => call.command === '${command}').map(({ args }) => args)`),
    count: (selector) => evaluate(`document.querySelectorAll('${selector}').length`),
    text: (selector) => evaluate(`document.querySelector('${selector}').textContent`),
    shown: (selector) => evaluate(`(document.querySelector('${selector}')?.getClientRects().length ?? 0) > 0`),
    async tabTo(name) {
      for (let presses = 0; presses < TABS_AT_MOST; presses += 1) {
        if ((await self.focused()) === name) return;
        await self.browser.press("Tab");
      }
      assert.fail(`Tab must reach "${name}"`);
    },
  });
}
