// Lets the device sign: asks the server for what is to be signed, the device for its answer, and sends that with the form.

const sorts = {
  sign: (options) => navigator.credentials.get({ publicKey: PublicKeyOf.parseRequestOptionsFromJSON(options) }),
  create: (options) => navigator.credentials.create({ publicKey: PublicKeyOf.parseCreationOptionsFromJSON(options) }),
};
const PublicKeyOf = window.PublicKeyCredential;

export function wake(part) {
  if (!PublicKeyOf?.parseRequestOptionsFromJSON) return;
  const form = part.querySelector("form");
  part.hidden = false;
  document.querySelector("[data-no-passkeys]")?.remove();

  function say(what) {
    for (const kind of ["trouble", "known"]) {
      const words = part.querySelector(`[data-${kind}]`);
      if (words) words.hidden = kind !== what;
    }
  }

  async function ask() {
    const answer = await fetch(part.dataset.begin, { method: "POST", body: new FormData(form), redirect: "manual" });
    if (answer.type === "opaqueredirect") return location.reload(); // A factor is needed first.
    // The page was too old: the form itself, sent as it is, is answered in words.
    if (answer.status === 400) return HTMLFormElement.prototype.submit.call(form);
    const signed = await sorts[part.dataset.passkey](await answer.json());
    form.elements.credential.value = JSON.stringify(signed.toJSON());
    HTMLFormElement.prototype.submit.call(form);
  }

  form.addEventListener("submit", async (event) => {
    // A form that the server will refuse goes straight to it, and comes back with its errors.
    if (form.elements.namedItem("name")?.value.trim() === "") return;
    event.preventDefault();
    say("");
    try {
      await ask();
    } catch (error) {
      say(error.name === "InvalidStateError" ? "known" : "trouble");
    }
  });
}
