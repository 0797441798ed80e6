// A button that copies the key of an authenticator app, without the spaces that are there for the eye.

export function wake(part) {
  const key = part.querySelector("[data-key]");
  const told = part.querySelector("[role=status]");

  part.querySelector("[data-copying]").hidden = false;
  part.querySelector("button").addEventListener("click", async () => {
    window.getSelection().selectAllChildren(key);
    try {
      await navigator.clipboard.writeText(key.textContent.replace(/\s/g, ""));
      told.textContent = told.dataset.done;
    } catch {
      told.textContent = told.dataset.failed;
    }
  });
}
