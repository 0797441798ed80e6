// The waiting room and the call, on one page: put together here.
import { Call } from "./call.js";
import { Devices } from "./devices.js";
import { Guests } from "./guests.js";
import { Level } from "./level.js";
import { Link } from "./link.js";
import { Media } from "./media.js";
import { Recorder } from "./record.js";
import { View } from "./view.js";

const find = (id) => document.getElementById(id);
const data = JSON.parse(find("visit-data").textContent);
const words = JSON.parse(find("visit-words").textContent);
// A reload keeps this, a closed tab forgets it: whoever was in the call comes back into it, as much seen and heard as
// they wished to be and no more.
const KEPT = "nearside-visit";
// Stays on this device: whoever hides their address once wants it hidden next time.
const ALWAYS = "nearside-always-relay";
// What the person stood on and was told, over the moment in which the page is drawn anew.
const HELD = "nearside-visit-held";
const CHOICES = [...document.querySelectorAll("input[name=sends]")];

const media = new Media();
const link = new Link(data.appointment);
const call = new Call({ link, media, ...data });
const view = new View({ call, media, words });
new Recorder({ link, call, ...data.recording });
if (data.guests) new Guests({ link, call, view, words });
const devices = new Devices({ media, words, tiles: view.tiles });
const level = new Level(find("level"));

const wish = ({ value }) => ({ audio: value !== "watch", video: value === "both" });

// From the press of the button on, not only once camera and microphone have opened: a reload in between must not lose it.
let joining = false;
// Whether the camera was on when sound alone was chosen.
let pictured = false;

function keep() {
  const { wants, muted } = media;
  const joined = call.joined || joining;
  sessionStorage.setItem(KEPT, JSON.stringify({ appointment: data.appointment, joined, muted, ...wants }));
}

// Answers whether the person was in the call. What they wished holds before any camera or microphone starts.
function restore() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT));
  const known = kept?.appointment === data.appointment;
  media.wants = known ? { audio: kept.audio, video: kept.video } : wish(CHOICES.find(({ checked }) => checked) ?? CHOICES[0]);
  media.muted = known && kept.muted;
  return known && kept.joined;
}

// What was pressed in the call holds in the waiting room too.
function tick() {
  for (const one of CHOICES) one.checked = Object.entries(wish(one)).every(([kind, on]) => media.wants[kind] === on);
}

async function choose(choice) {
  media.wants = wish(choice);
  keep();
  if (media.opened) await open();
}

async function open() {
  find("devices").hidden = false;
  find("check").hidden = true;
  await media.open();
}

async function join() {
  joining = true;
  keep();
  try {
    if (!media.opened) await open();
    view.announce("");
    const joined = call.join();
    // Not a button: pressed again by mistake, Enter changes nothing here.
    find("call-status").focus({ preventScroll: true });
    find("stage").scrollIntoView({ block: "nearest" });
    await joined;
  } finally {
    joining = false;
    keep();
  }
}

// The waiting room shows at once; the server hears of it in its own time.
async function hangUp() {
  const left = call.hangUp();
  find("join").focus();
  view.announce(words["hung-up"]);
  await left;
}

// The visit changed, and its page is drawn anew: whoever stood somewhere stands there again, and is told again.
function redraw() {
  const held = { focus: document.activeElement?.id, said: find("announced").textContent };
  sessionStorage.setItem(HELD, JSON.stringify(held));
  location.reload();
}

function hold() {
  const { focus, said } = JSON.parse(sessionStorage.getItem(HELD)) ?? {};
  sessionStorage.removeItem(HELD);
  if (focus) find(focus)?.focus({ preventScroll: true });
  if (said) view.announce(said);
}

// Kept at once: a reload while the camera still opens must not undo what was pressed.
async function want(kind, on) {
  const opening = media.want(kind, on);
  keep();
  await opening;
}

// What came of it is said aloud: it may have been refused.
async function microphone() {
  if (media.audio) media.mute(!media.muted);
  else {
    media.muted = false;
    await want("audio", true);
  }
  const problem = !media.audio && `microphone-${media.problems.audio}`;
  view.announce(words[problem || (media.muted ? "sound-off" : "sound-on")]);
}

async function camera() {
  await want("video", !media.video);
  const problem = media.wants.video && !media.video && `camera-${media.problems.video}`;
  view.announce(words[problem || (media.video ? "picture-on" : "picture-off")]);
}

function always(on) {
  if (on) localStorage.setItem(ALWAYS, "yes");
  else localStorage.removeItem(ALWAYS);
  call.hide(on);
}

// Sound alone: the own camera rests, and no picture is asked for.
async function still() {
  const on = !call.stillness;
  if (on) pictured = media.wants.video;
  call.still(on);
  await want("video", on ? false : pictured);
  view.announce(words[on ? "still-chosen" : "still-over"]);
}

function door() {
  const early = call.door === "early";
  find("join").disabled = call.door !== "open";
  find("early").hidden = !early;
}

function follow() {
  keep();
  tick();
  // In the call nobody sees the bar, and the call needs the machine.
  level.show(call.joined ? null : media.audio);
  door();
  if (call.state === "finished" && data.visit !== "finished") location.reload();
  if (["finished", "closed", "signed-out", "replaced"].includes(call.state) && media.opened) media.close();
}

function lock() {
  const { state, code, mode, counts } = call.seal;
  return { state, code, mode, counts };
}

// For whoever looks after a call, tests too: the browser's own figures, as plain data, on request.
async function report() {
  const path = call.paths.shown ?? call.peer;
  const stats = (await path?.stats().catch(() => [])) ?? [];
  const connection = path?.pc?.connectionState ?? "none";
  const way = await call.way().catch(() => "");
  const detail = { state: call.state, connection, way, stats, seal: lock(), twice: Boolean(call.peer?.twice) };
  document.dispatchEvent(new CustomEvent("call:report", { detail: structuredClone(detail) }));
}

find("join").addEventListener("click", join);
find("hang-up").addEventListener("click", hangUp);
find("check").addEventListener("click", open);
find("mute").addEventListener("click", microphone);
find("darken").addEventListener("click", camera);
find("still").addEventListener("click", still);
find("always")?.addEventListener("change", ({ target }) => always(target.checked));
find("here-instead").addEventListener("click", () => location.reload());
for (const choice of CHOICES) choice.addEventListener("change", () => choose(choice));
call.addEventListener("change", follow);
media.addEventListener("change", follow);
link.addEventListener("changed", () => call.joined || joining || redraw());
document.addEventListener("call:stats", report);

if (data.opensIn > 0) {
  setTimeout(() => {
    call.door = "open";
    follow();
    view.announce(words.opened);
  }, Math.min(data.opensIn, 2 ** 31 - 1));
}
if (find("always")) {
  find("always").checked = localStorage.getItem(ALWAYS) === "yes";
  call.hide(find("always").checked);
}
const returns = restore();
view.show();
follow();
hold();
devices.show();
if (returns && data.door === "open") {
  open();
  join();
} else if (await media.allowed()) {
  open();
}
