// Wakes the parts of a page that are better with script. Each is fetched only where the page has one.

const parts = {
  "[data-password]": () => import("./password-eye.js"),
  "[data-dialog]": () => import("./dialog.js"),
  "[data-panels]": () => import("./panels.js"),
  "form[method=post]": () => import("./once.js"),
  "#error-summary": () => import("./error-summary.js"),
  "[data-idle]": () => import("../accounts/idle.js"),
  "[data-refused]": () => import("./refused.js"),
  "[data-go-on]": () => import("../accounts/go-on.js"),
  "[data-passkey]": () => import("../accounts/passkey.js"),
  "[data-copy]": () => import("../accounts/copy-key.js"),
  "[data-chart]": () => import("../chart.js"),
};

for (const [selector, load] of Object.entries(parts)) {
  const found = document.querySelectorAll(selector);
  if (found.length) load().then((part) => found.forEach(part.wake));
}
