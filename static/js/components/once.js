// A second press while the first is on its way does nothing. The server would also count it once; this spares the wait.

// A file leaves its page standing: there the button works again when the first press has had its time.
const FILE_MS = 4000;

export function wake(form) {
  const release = () => {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  };
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
      if ("file" in form.dataset) setTimeout(release, FILE_MS);
    });
  });
  // Coming back with the browser's own button brings the page as it was left.
  window.addEventListener("pageshow", release);
}
