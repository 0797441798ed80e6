// The form was filled in before its person was asked for a code: it goes on its way by itself.

export function wake(form) {
  form.requestSubmit();
}
