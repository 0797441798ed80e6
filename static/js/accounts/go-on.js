// The form was filled in before its person was asked for a code: it goes on its way by itself. Only once: whoever comes back
// to the page, or loads it again, decides with its button.

export function wake(form) {
  if (performance.getEntriesByType("navigation")[0]?.type === "navigate") form.requestSubmit();
}
