// Seals every encoded frame before it leaves this browser, and opens every frame that comes. Off the page's own thread,
// which may be busy drawing. Without a key and without leave to go open, no frame passes: closed is the beginning.

// The first bytes of a VP8 picture stay readable, for whoever must know whether it stands alone; of sound, one byte.
const CLEAR = { key: 10, delta: 3, audio: 1 };
const TAG = 16;
// Behind the sealed bytes: which key (2), and which frame under that key (4).
const TRAILER = 6;
const MOST_FRAMES = 2 ** 32 - 1;
// How far a frame may lag behind the newest and still be new.
const WINDOW = 4096;
const KEPT_KEYS = 2;
const KINDS = { audio: 1, video: 2 };

let mode = "closed";
let mine = null;
let places = {};
const theirs = new Map();
const streams = new Set();
const none = () => ({ audio: 0, video: 0 });
// `from` is what was opened, by owner.
const counts = { sealed: none(), opened: none(), from: {}, failed: 0, strange: 0, again: 0, held: 0, bare: 0 };

const ACTS = {
  // "closed", "sealed", or "open": the last only while everybody has been told so.
  mode({ to }) {
    mode = to;
    renew();
    // What came in the other way could not be shown.
    for (const stream of streams) whole(stream);
  },
  mine({ id, key }) {
    mine = { id, key, next: 0 };
    renew();
  },
  theirs({ owner, id, key }) {
    const kept = (theirs.get(owner) ?? []).filter((one) => one.id !== id).slice(0, KEPT_KEYS - 1);
    theirs.set(owner, [{ id, key, newest: 0, seen: new Set() }, ...kept]);
    ask(owner);
  },
  only({ owners }) {
    for (const owner of theirs.keys()) if (!owners.includes(owner)) theirs.delete(owner);
    for (const owner of Object.keys(counts.from)) if (!owners.includes(owner)) delete counts.from[owner];
  },
  places({ held }) {
    places = held;
  },
  refresh() {
    for (const stream of streams) whole(stream);
  },
  count() {
    self.postMessage({ counts, mode });
  },
};

self.onmessage = ({ data }) => ACTS[data.act](data);

self.onrtctransform = ({ transformer }) => {
  const { readable, writable, options } = transformer;
  const stream = { transformer, ...options };
  const act = options.side === "send" ? seal : open;
  streams.add(stream);
  const through = new TransformStream({ transform: (frame, on) => act(frame, on, stream) });
  readable.pipeThrough(through).pipeTo(writable).catch(() => {}).finally(() => streams.delete(stream));
};

// Whoever waits for a picture gets a whole one at once, not at the sender's next occasion.
function renew() {
  for (const { transformer, side, kind } of streams) {
    if (side === "send" && kind === "video" && mode !== "closed") transformer.generateKeyFrame?.()?.catch?.(() => {});
  }
}

function ask(owner) {
  for (const stream of streams) {
    if (ownerOf(stream) === owner) whole(stream);
  }
}

// Have the other send a whole picture.
function whole({ transformer, side, kind }) {
  if (side === "receive" && kind === "video") transformer.sendKeyFrameRequest?.()?.catch?.(() => {});
}

function ownerOf({ of, place }) {
  return of ?? places[place];
}

function clearOf(bytes, kind) {
  const clear = kind === "audio" ? CLEAR.audio : bytes[0] & 1 ? CLEAR.delta : CLEAR.key;
  return Math.min(clear, bytes.length);
}

function vector(counter) {
  const iv = new Uint8Array(12);
  new DataView(iv.buffer).setUint32(8, counter);
  return iv;
}

function bound(head, trailer, kind) {
  return new Uint8Array([...head, ...trailer, KINDS[kind]]);
}

async function seal(frame, on, { kind }) {
  if (mode === "open") {
    counts.bare += 1;
    return on.enqueue(frame);
  }
  if (mode !== "sealed" || !mine || mine.next >= MOST_FRAMES) {
    counts.held += 1;
    return;
  }
  const { id, key } = mine;
  const counter = (mine.next += 1);
  const bytes = new Uint8Array(frame.data);
  const head = bytes.subarray(0, clearOf(bytes, kind));
  const trailer = new Uint8Array(TRAILER);
  new DataView(trailer.buffer).setUint16(0, id);
  new DataView(trailer.buffer).setUint32(2, counter);
  const how = { name: "AES-GCM", iv: vector(counter), additionalData: bound(head, trailer, kind) };
  const sealed = new Uint8Array(await crypto.subtle.encrypt(how, key, bytes.subarray(head.length)));
  const whole = new Uint8Array(head.length + sealed.length + TRAILER);
  whole.set(head);
  whole.set(sealed, head.length);
  whole.set(trailer, head.length + sealed.length);
  frame.data = whole.buffer;
  counts.sealed[kind] += 1;
  on.enqueue(frame);
}

async function open(frame, on, stream) {
  const opened = await unsealed(new Uint8Array(frame.data), stream);
  if (opened) {
    frame.data = opened.buffer;
    counts.opened[stream.kind] += 1;
    (counts.from[ownerOf(stream)] ??= none())[stream.kind] += 1;
    on.enqueue(frame);
  } else if (mode === "open") {
    counts.bare += 1;
    on.enqueue(frame);
  }
}

async function unsealed(bytes, stream) {
  const end = bytes.length - TRAILER;
  const head = bytes.subarray(0, bytes.length && clearOf(bytes, stream.kind));
  if (end < head.length + TAG) return strange();
  const trailer = bytes.subarray(end);
  const look = new DataView(trailer.buffer, trailer.byteOffset);
  const [id, counter] = [look.getUint16(0), look.getUint32(2)];
  const known = theirs.get(ownerOf(stream))?.find((one) => one.id === id);
  if (!known) return strange();
  const how = { name: "AES-GCM", iv: vector(counter), additionalData: bound(head, trailer, stream.kind) };
  try {
    const plain = new Uint8Array(await crypto.subtle.decrypt(how, known.key, bytes.subarray(head.length, end)));
    if (!isNew(known, counter)) return again();
    const whole = new Uint8Array(head.length + plain.length);
    whole.set(head);
    whole.set(plain, head.length);
    return whole;
  } catch {
    if (mode !== "open") counts.failed += 1;
    return null;
  }
}

// A frame of a key that has not come yet, or not sealed at all: no alarm by itself, and never shown.
function strange() {
  if (mode !== "open") counts.strange += 1;
  return null;
}

// One that was opened before: on a line that loses, sound comes twice and more. Never shown a second time.
function again() {
  counts.again += 1;
  return null;
}

function isNew(known, counter) {
  if (counter + WINDOW <= known.newest || known.seen.has(counter)) return false;
  known.seen.add(counter);
  known.newest = Math.max(known.newest, counter);
  if (known.seen.size > 2 * WINDOW) {
    for (const one of known.seen) if (one + WINDOW <= known.newest) known.seen.delete(one);
  }
  return true;
}
