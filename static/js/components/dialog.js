// An opener that leads to a question's own page brings the same question here instead.

export function wake(opener) {
  const dialog = document.getElementById(opener.dataset.dialog);
  if (!dialog?.showModal) return;
  opener.setAttribute("role", "button");
  opener.setAttribute("aria-haspopup", "dialog");
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.showModal();
  });
  opener.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    dialog.showModal();
  });
}
