// The check call: a person sees and hears themselves, through the media node where there is one, and is told in plain
// words whether the visit will work. Nothing is kept.
import { CheckLink } from "./check-link.js";
import { fetched, watch } from "./check-line.js";
import { Recording } from "./check-record.js";
import { Speaker } from "./check-speaker.js";
import { judge } from "./check-verdict.js";
import { CheckView } from "./check-view.js";
import { Devices } from "./devices.js";
import { Level } from "./level.js";
import { Media } from "./media.js";
import { Relay } from "./relay.js";

const find = (id) => document.getElementById(id);
const data = JSON.parse(find("check-data").textContent);
const words = JSON.parse(find("check-words").textContent);
const ABLE = "RTCPeerConnection" in window && Boolean(navigator.mediaDevices?.getUserMedia);

const WATCHED = 8000;
const CONNECTS = 8000;
// A page that is forgotten open gives its place at the node back.
const ECHOES = 120_000;
const LISTEN = 50;
// On the bar, and as the sound's mean energy: a room without a voice stays far below both.
const VOICE = 0.03;
const VOICE_ENERGY = 0.0001;

const media = new Media();
const view = new CheckView(words);
const level = new Level(find("level"));
const speaker = new Speaker(find("tone"));
const seen = find("seen");
// Every element that makes a sound here goes to the chosen speaker.
const sounding = [find("tone"), seen, find("recorded")];
let link = null;
let echo = null;
let ending = 0;
let run = 0;
let found = null;

const standing = (kind) => (media[kind] ? "on" : (media.problems[kind] ?? "missing"));
const isDone = () => document.documentElement.dataset.checkState === "done";

async function check() {
  run += 1;
  const mine = run;
  end();
  found = { able: ABLE, reached: false, heard: false, server: "absent", line: null };
  view.figures(null);
  view.progress(0);
  view.stand("running");
  find("verdict-heading").focus();
  if (ABLE) await ask();
  if (mine !== run) return;
  if (media.audio) await tryLine(mine);
  if (mine === run) tell();
}

// The browser's question stands beside this page; the page says that it waits for the answer.
async function ask() {
  if (!(await media.allowed())) view.stand("asking");
  media.close();
  await media.open({ audio: true, video: true });
  view.stand("running");
}

async function tryLine(mine) {
  link ??= new CheckLink();
  if (!(await link.up())) return;
  found.reached = true;
  const way = new Relay(link, { tracks: () => media.tracks, guard() {} });
  echo = way;
  way.addEventListener("arrived", show);
  const taken = await way.join().catch(() => false);
  if (mine !== run) return;
  if (!taken || way.refused) {
    found.line = await fetched(data.probe, view.progress);
    return;
  }
  found.server = (await connects(way.pc)) ? "answers" : "blocked";
  if (mine !== run || found.server === "blocked") return;
  found.line = await watch(way, WATCHED, (part) => mine === run && view.progress(part));
  if (mine === run) ending = setTimeout(end, ECHOES);
}

function connects(pc) {
  if (pc.connectionState === "connected") return Promise.resolve(true);
  return new Promise((done) => {
    const timer = setTimeout(() => done(false), CONNECTS);
    pc.addEventListener("connectionstatechange", () => {
      if (!["connected", "failed", "closed"].includes(pc.connectionState)) return;
      clearTimeout(timer);
      done(pc.connectionState === "connected");
    });
  });
}

// What devices are on may change after the check; the verdict follows.
function tell() {
  listen();
  view.figures(found.line);
  view.verdict(judge({ ...found, camera: standing("video"), microphone: standing("audio") }));
}

function end() {
  clearTimeout(ending);
  echo?.leave();
  echo = null;
  hear(false);
  show();
}

function show() {
  const back = echo?.remote?.getVideoTracks().some(({ muted }) => !muted) ?? false;
  const stream = back ? echo.remote : media.video && new MediaStream([media.video]);
  const [now, wanted] = [seen.srcObject?.getVideoTracks()[0], stream?.getVideoTracks()[0]];
  if (now !== wanted) seen.srcObject = stream || null;
  view.seen(!media.video ? "none" : back ? "back" : "camera");
}

function hear(on) {
  seen.muted = !on;
  find("listen").setAttribute("aria-pressed", on);
  find("listen-word").textContent = words[on ? "listen-off" : "listen-on"];
}

function changed() {
  level.show(media.audio);
  for (const [kind, track] of Object.entries(media.tracks)) echo?.replace(kind, track);
  show();
  if (isDone()) tell();
}

// One word aloud is enough to know that the microphone is not a dead one.
function listen() {
  const spoken = find("level").value > VOICE || found?.line?.voice > VOICE_ENERGY;
  if (!found || found.heard || !spoken) return;
  found.heard = true;
  view.say("heard", "heard-yes");
  if (isDone()) tell();
}

function speak(deviceId) {
  for (const one of sounding) one.setSinkId?.(deviceId).catch(() => {});
}

async function sound() {
  view.say("tone-words", (await speaker.play()) ? "tone-asked" : "tone-failed");
  find("tone-answers").hidden = false;
}

// For whoever looks after a check, tests too: the browser's own figures, as plain data, on request.
async function report() {
  const stats = (await echo?.stats()) ?? [];
  const detail = { connection: echo?.pc?.connectionState ?? "none", stats, line: found?.line };
  document.dispatchEvent(new CustomEvent("check:report", { detail: structuredClone(detail) }));
}

if (Recording.possible) {
  const tracks = () => [media.audio, media.video].filter(Boolean);
  const say = (text) => (find("record-words").textContent = text);
  new Recording({ button: find("record"), player: find("recorded"), tracks, say, words });
} else find("record-part").hidden = true;

new Devices({ media, words, tiles: { through: speak } }).show();
find("start").addEventListener("click", check);
find("again").addEventListener("click", check);
find("listen").addEventListener("click", () => hear(seen.muted));
find("play").addEventListener("click", sound);
find("tone-yes").addEventListener("click", () => view.say("tone-words", "tone-good"));
find("tone-no").addEventListener("click", () => view.say("tone-words", "tone-help"));
media.addEventListener("change", changed);
document.addEventListener("check:stats", report);
window.addEventListener("pagehide", () => echo?.leave());
setInterval(listen, LISTEN);
view.stand("none");
view.say("heard", "heard-no");
if (!ABLE) check();
