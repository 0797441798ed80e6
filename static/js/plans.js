// Tells a patient who has the plan open that another one has been published. Nothing moves under the reader's eyes: a
// link appears, and it is read out.
import { onChanged, SignedOut, SomebodyElse } from "./live.js";

const place = document.getElementById("plan-news");

// The page itself is the source: a hint may be about a draft, which no patient sees, or be only a reconnect.
async function look() {
  const { plan, patient, address } = place.dataset;
  const response = await fetch(address, { redirect: "manual" });
  if (response.type === "opaqueredirect") throw new SignedOut();
  if (!response.ok) return;
  const text = await response.text();
  if (!text.includes(`data-patient="${patient}"`)) {
    place.textContent = place.dataset.somebodyElse;
    throw new SomebodyElse();
  }
  if (!text.includes(`data-plan="${plan}"`)) offer(address);
}

function offer(address) {
  if (place.childElementCount) return;
  const link = document.createElement("a");
  link.href = address;
  link.className = "button";
  link.textContent = place.dataset.words;
  place.append(link);
}

if (place) onChanged("plans", look);
