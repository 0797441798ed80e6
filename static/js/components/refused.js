// The answer to a form is kept nowhere, so that whoever went on and comes back finds the browser's own page of an error. The
// place of a refused form in the history is given to the page that shows the form, which can be asked for again.

export function wake(main) {
  history.replaceState(history.state, "", main.dataset.refused);
}
