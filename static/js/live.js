// Hears "changed" from the server and tells the page to read again. A hint carries no content, so a lost one loses
// nothing: pages also read again after every reconnect, when they come back into view, and every 15 seconds while the
// socket cannot open.
import { io } from "../vendor/socket.io.esm.min.js";

const POLL_MILLISECONDS = 15_000;
const PATIENCE_MILLISECONDS = 4_000;

export class SignedOut extends Error {}

// The page is about one patient, and its carer looks after another by now.
export class SomebodyElse extends Error {}

// The client's own back-off, doubled each time and jittered by half, so that a restart is not met by everyone at once.
export const socket = io({
  transports: ["websocket"],
  reconnectionDelay: 1_000,
  reconnectionDelayMax: 20_000,
  randomizationFactor: 0.5,
});

const listeners = [];
let over = false;
let told = "";
let connectedOnce = false;

// Calls read(id) whenever `subject` changed; id is null when anything may have happened in between.
export function onChanged(subject, read) {
  listeners.push({ subject, read });
}

// Fetches JSON of this portal; an ended session throws SignedOut, news of another patient SomebodyElse.
export async function fetchJson(address) {
  const response = await fetch(address, { headers: { Accept: "application/json" }, redirect: "manual" });
  if (response.type === "opaqueredirect" || response.status === 404) throw new SignedOut();
  if (response.status === 409) throw new SomebodyElse();
  if (!response.ok) throw new Error(`${response.status}`);
  return response.json();
}

function say(state) {
  const place = document.getElementById("live-state");
  if (!place || state === told) return;
  told = state;
  place.textContent = state ? place.dataset[state] : "";
}

function recovered() {
  // An answer that was under way when the network went says nothing of the network.
  if (over || !navigator.onLine) return;
  if (told === "offline" || told === "slow") {
    say("back");
    setTimeout(() => told === "back" && say(""), 10_000);
  }
}

function stop(state) {
  over = true;
  socket.disconnect();
  say(state);
}

function end() {
  stop("signedOut");
  // Whatever else is open on this page is covered by the part that watches over the session.
  document.dispatchEvent(new Event("signed-out"));
}

async function tell(listener, id) {
  if (over) return;
  try {
    await listener.read(id);
    if (socket.connected) recovered();
    else if (navigator.onLine && told === "offline") say("slow");
  } catch (error) {
    if (error instanceof SignedOut) end();
    else if (error instanceof SomebodyElse) stop("somebodyElse");
    else say("offline");
  }
}

function everybody() {
  for (const listener of listeners) tell(listener, null);
}

socket.on("connect", () => {
  recovered();
  // The page may have been drawn a moment before the socket opened, so the first time counts as well.
  everybody();
  connectedOnce = true;
});

socket.on("changed", ({ changed, id }) => {
  for (const listener of listeners) if (listener.subject === changed) tell(listener, id);
});

// When the server closes the socket the session is usually over; reading again finds out.
socket.on("disconnect", (reason) => {
  if (over) return;
  if (reason !== "io server disconnect") return;
  everybody();
  retryLater();
});

socket.on("connect_error", () => {
  if (!over && !socket.active) retryLater();
});

function retryLater() {
  setTimeout(() => !over && socket.connect(), POLL_MILLISECONDS * (0.5 + Math.random()));
}

setInterval(() => {
  if (!socket.connected) everybody();
}, POLL_MILLISECONDS);

setInterval(() => {
  if (over || socket.connected) return;
  say(navigator.onLine ? "slow" : "offline");
}, PATIENCE_MILLISECONDS);

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) everybody();
});
window.addEventListener("online", everybody);
window.addEventListener("offline", () => !over && say("offline"));

// Lets a page wait until hints are heard at all.
export const heard = () => connectedOnce && socket.connected;
