// After a refused form the keyboard starts at the summary, and its lines put it into the fields.

export function wake(summary) {
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    const label = field.labels?.[0] ?? field;
    (field.closest("fieldset")?.querySelector("legend") ?? label).scrollIntoView();
    field.focus({ preventScroll: true });
  });
}
