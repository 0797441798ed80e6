// The waiting room and the call, on one page: put together here.
import { Call } from "./call.js";
import { Devices } from "./devices.js";
import { Level } from "./level.js";
import { Link } from "./link.js";
import { Media } from "./media.js";
import { View } from "./view.js";

const find = (id) => document.getElementById(id);
const data = JSON.parse(find("visit-data").textContent);
const words = JSON.parse(find("visit-words").textContent);
// A reload keeps this, a closed tab forgets it: whoever was in the call comes back into it.
const KEPT = "nearside-call";

const media = new Media();
const link = new Link(data.appointment);
const call = new Call({ link, media, ...data });
const view = new View({ call, media, words });
const devices = new Devices({ media, words, remote: find("remote") });
const level = new Level(find("level"));

function wants() {
  const wish = document.querySelector("input[name=sends]:checked").value;
  return { audio: wish !== "watch", video: wish === "both" };
}

async function open() {
  find("devices").hidden = false;
  find("check").hidden = true;
  await media.open(wants());
}

async function join() {
  sessionStorage.setItem(KEPT, data.appointment);
  if (!media.opened) await open();
  const joined = call.join();
  find("hang-up").focus();
  await joined;
}

async function hangUp() {
  sessionStorage.removeItem(KEPT);
  await call.hangUp();
  find("join").focus();
  view.announce(words["hung-up"]);
}

// What came of it is said aloud: it may have been refused.
async function microphone() {
  if (media.audio) media.mute(!media.muted);
  else await media.want("audio", true);
  const problem = !media.audio && `microphone-${media.problems.audio}`;
  view.announce(words[problem || (media.muted ? "sound-off" : "sound-on")]);
}

async function camera() {
  await media.want("video", !media.video);
  const problem = media.wants.video && !media.video && `camera-${media.problems.video}`;
  view.announce(words[problem || (media.video ? "picture-on" : "picture-off")]);
}

function door() {
  const early = call.door === "early";
  find("join").disabled = call.door !== "open";
  find("early").hidden = !early;
}

function follow() {
  level.show(media.audio);
  door();
  if (call.state === "finished" && data.visit !== "finished") location.reload();
  if (["finished", "closed", "signed-out", "replaced"].includes(call.state)) {
    sessionStorage.removeItem(KEPT);
    if (media.opened) media.close();
  }
}

// For whoever looks after a call, tests too: the browser's own figures, as plain data, on request.
async function report() {
  const stats = (await call.peer?.stats().catch(() => [])) ?? [];
  const detail = { state: call.state, connection: call.peer?.pc.connectionState ?? "none", stats };
  document.dispatchEvent(new CustomEvent("call:report", { detail: structuredClone(detail) }));
}

find("join").addEventListener("click", join);
find("hang-up").addEventListener("click", hangUp);
find("check").addEventListener("click", open);
find("mute").addEventListener("click", microphone);
find("darken").addEventListener("click", camera);
find("here-instead").addEventListener("click", () => location.reload());
for (const choice of document.querySelectorAll("input[name=sends]")) {
  choice.addEventListener("change", () => media.opened && open());
}
call.addEventListener("change", follow);
media.addEventListener("change", follow);
link.addEventListener("changed", () => call.joined || location.reload());
document.addEventListener("call:stats", report);

if (data.opensIn > 0) {
  setTimeout(() => {
    call.door = "open";
    follow();
    view.announce(words.opened);
  }, Math.min(data.opensIn, 2 ** 31 - 1));
}
view.show();
follow();
devices.show();
if (sessionStorage.getItem(KEPT) === data.appointment && data.door === "open") {
  open();
  join();
} else if (await media.allowed()) {
  open();
}
