// From what was found to one of three words, each with its reasons and what to do next. Everything is named by the keys
// of the page's sentences. `found`: able, reached, camera and microphone ("on" or why not), heard, server ("answers",
// "absent" or "blocked"), and line: what check-line.js saw, or null.

// The call gives up pictures under these too.
const PICTURE = { room: 60_000, loss: 0.2, frames: 5, share: 1 / 3, fewest: 1, wait: 1.2 };
// A voice is sent again where it was lost, so much may get lost before the words do.
const VOICE = { room: 24_000, loss: 0.6, back: 0.35, hidden: 0.3, wait: 2 };

export function judge(found) {
  if (!found.able) return telephone(["browser"], ["newer-browser"]);
  if (found.microphone !== "on") return withoutVoice(found);
  if (!found.reached) return telephone(["offline"], ["mend-line", "other-network"]);
  if (found.server === "blocked") return telephone(["blocked"], ["other-network"]);
  const line = lineOf(found);
  if (line.word === "telephone") return telephone([line.why], ["nearer", "other-network"]);
  return withVoice(found, line);
}

function withoutVoice({ camera, microphone }) {
  const both = camera === microphone && microphone === "denied";
  const why = both ? ["both-denied"] : [`microphone-${microphone}`, ...(camera === "on" ? [] : [`camera-${camera}`])];
  return telephone(why, [both ? "mend-both-denied" : `mend-microphone-${microphone}`]);
}

function withVoice({ camera, server, heard }, line) {
  const why = [camera === "on" ? "devices" : `camera-${camera}`, line.why];
  const next = heard ? [] : ["speak"];
  if (server === "absent") why.push("server-absent");
  if (camera === "on" && line.word === "video") return { word: "video", why, next: [...next, "ready"] };
  if (camera !== "on") next.push(`mend-camera-${camera}`);
  if (line.word === "sound") next.push(line.why === "device-slow" ? "close-programs" : "nearer");
  return { word: "sound", why, next: [...next, "again", "ready-sound"] };
}

// Without the node's sight of it a line is judged by its width and its wait alone.
function lineOf({ line, camera, server }) {
  if (!line) return { word: "telephone", why: "line-weak" };
  const { wait, room = Infinity, loss = 0, back = 1, hidden = 0, frames = 0, drawn = 0 } = line;
  if (wait > VOICE.wait) return { word: "telephone", why: "line-late" };
  if (room < VOICE.room || loss > VOICE.loss || back < VOICE.back || hidden > VOICE.hidden) return { word: "telephone", why: "line-weak" };
  if (loss > PICTURE.loss) return { word: "sound", why: "line-loses" };
  if (wait > PICTURE.wait) return { word: "sound", why: "line-slow" };
  const pictured = server === "answers" && camera === "on";
  const held = pictured && frames < Math.min(PICTURE.frames, drawn * PICTURE.share);
  if (room < PICTURE.room || held) return { word: "sound", why: "line-narrow" };
  // Few pictures because few were drawn: that is the device, not the line.
  if (pictured && frames < PICTURE.fewest) return { word: "sound", why: "device-slow" };
  return { word: "video", why: "line-good" };
}

function telephone(why, next) {
  return { word: "telephone", why, next: [...next, ...(next.length ? ["again"] : []), "telephone"] };
}
