// What a patient agrees to has changed: the page is drawn anew, and whoever may not see it any more sees it no longer.
import { onChanged } from "./live.js";

const { patient, stands } = document.querySelector("[data-stands]")?.dataset ?? {};

// The page that the change was made on shows it already, and a word of thanks that would be lost.
async function isShown() {
  const response = await fetch(location.href);
  return response.ok && (await response.text()).includes(`data-stands="${stands}"`);
}

async function look(id) {
  if (id === patient && !(await isShown())) location.reload();
}

if (patient) onChanged("consents", look);
