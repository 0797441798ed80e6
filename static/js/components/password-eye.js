// A word beside a password that shows what was typed, for hands that miss keys.

export function wake(field) {
  const input = field.querySelector("input");
  const button = document.createElement("button");
  const word = document.createElement("span");
  const what = document.createElement("span");
  what.className = "unseen";
  what.textContent = ` ${field.dataset.what}`;
  button.type = "button";
  button.className = "button quiet";
  button.append(word, what);

  function show(visible) {
    input.type = visible ? "text" : "password";
    word.textContent = visible ? field.dataset.hide : field.dataset.show;
  }

  show(false);
  button.addEventListener("click", () => show(input.type === "password"));
  // A browser offers to keep a password only from a password field.
  input.form?.addEventListener("submit", () => show(false));
  input.after(button);
}
