// A second press while the first is on its way does nothing. The server would also count it once; this spares the wait.

export function wake(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    // Another script may have taken the form over; then it is not leaving.
    setTimeout(() => {
      if (event.defaultPrevented) return;
      form.dataset.sent = "yes";
      form.setAttribute("aria-busy", "true");
    });
  });
  // Coming back with the browser's own button brings the page as it was left.
  window.addEventListener("pageshow", () => {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  });
}
