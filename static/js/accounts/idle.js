// Warns before a session runs out, and covers the page once it has. The server alone says how long is left: another tab
// may have been used meanwhile, and a machine that slept does not count the minutes.

const WARN_SECONDS = 120;
const LOOK_AGAIN = 10_000;

export function wake(dialog) {
  const form = dialog.querySelector("form");
  const again = dialog.querySelector("a");
  const heading = dialog.querySelector("h2");
  let timer = 0;
  let over = false;
  // Until when the session lasts, as far as this page knows: one that ends before was ended by somebody.
  let lasts = Date.now() + (Number(dialog.dataset.after) + WARN_SECONDS) * 1000;

  function later(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(look, milliseconds);
  }

  function say(what) {
    for (const part of dialog.querySelectorAll("[data-say]")) {
      part.hidden = part.dataset.say !== what;
      if (!part.hidden) dialog.setAttribute("aria-describedby", (part.id ||= `idle-${what}`));
    }
    form.hidden = what !== "rest";
    again.parentElement.hidden = !over;
    heading.textContent = over ? heading.dataset.over : heading.dataset.rest;
    if (!dialog.open) dialog.showModal();
  }

  async function left(address, options) {
    const answer = await fetch(address, { redirect: "manual", ...options });
    if (answer.type === "opaqueredirect") return { rest: 0, whole: 0 };
    return answer.json();
  }

  async function look() {
    if (over) return;
    try {
      judge(await left(dialog.dataset.left));
    } catch {
      later(LOOK_AGAIN); // Without a network nobody knows; a page that is offline shows nothing new either.
    }
  }

  function judge({ rest, whole }) {
    const seconds = Math.min(rest, whole);
    if (seconds <= 0) return end();
    lasts = Date.now() + seconds * 1000;
    if (seconds > WARN_SECONDS) {
      if (dialog.open) dialog.close();
      return later((seconds - WARN_SECONDS) * 1000);
    }
    say(whole <= rest ? "whole" : "rest");
    later(Math.min(LOOK_AGAIN, seconds * 1000));
  }

  function end() {
    over = true;
    say(Date.now() < lasts - LOOK_AGAIN ? "elsewhere" : "over");
    dialog.classList.add("over");
    again.href = `${dialog.dataset.signIn}?${new URLSearchParams({ next: location.pathname })}`;
    again.focus();
  }

  function goOn(found) {
    over = false;
    dialog.classList.remove("over");
    judge(found);
  }

  async function stay(event) {
    event.preventDefault();
    if (over) return;
    try {
      await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
      dialog.close();
    } finally {
      look();
    }
  }

  form.addEventListener("submit", stay);
  // The Escape key is a sign of life as good as the button.
  dialog.addEventListener("cancel", stay);

  // What was typed goes with the sign-in: sent to a session that is over, it is kept and shown again afterwards.
  async function signIn(event) {
    event.preventDefault();
    const found = await left(dialog.dataset.left);
    if (found.rest > 0 && found.whole > 0) return goOn(found); // In another tab somebody was quicker.
    const typed = [...document.querySelectorAll("main form[method=post]")].find(changed);
    if (typed) HTMLFormElement.prototype.submit.call(typed);
    else location.assign(again.href);
  }

  again.addEventListener("click", signIn);
  document.addEventListener("visibilitychange", () => document.hidden || look());
  // The live socket closes within two seconds of the session, long before any time runs out.
  document.addEventListener("signed-out", look);
  later(Number(dialog.dataset.after) * 1000);
  dialog.dataset.awake = "yes";
}

function changed(form) {
  return [...form.elements].some((one) =>
    "defaultChecked" in one && /radio|checkbox/.test(one.type)
      ? one.checked !== one.defaultChecked
      : "defaultValue" in one && one.type !== "hidden" && one.value !== one.defaultValue,
  );
}
