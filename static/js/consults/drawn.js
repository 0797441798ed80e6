// What each draws for one gathering of people, and how what was drawn is promised and written.

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const text = new TextEncoder();

// The same for everybody who means the same people, whatever their order.
export async function gatheringOf(names) {
  const hash = await crypto.subtle.digest("SHA-256", text.encode(`nearside people|${[...names].sort().join("|")}`));
  return `${written(hash)}.`;
}

export async function drawn(name, gathering) {
  const pair = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const frames = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt"]);
  const shown = written(await crypto.subtle.exportKey("raw", pair.publicKey));
  const nonce = written(crypto.getRandomValues(new Uint8Array(16)));
  const leaf = gathering + crypto.randomUUID();
  const [id] = crypto.getRandomValues(new Uint16Array(1));
  return { leaf, pair, frames, shown, nonce, id, promise: await promiseOf(name, leaf, shown, nonce) };
}

export async function promiseOf(name, leaf, shown, nonce) {
  return written(await crypto.subtle.digest("SHA-256", text.encode(["nearside promise", name, leaf, shown, nonce].join("|"))));
}

export function written(buffer) {
  return btoa(String.fromCharCode(...new Uint8Array(buffer)));
}

export function bytes(letters) {
  return Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));
}

// A public key as another has shown it; null where it is none.
export function publicKey(shown) {
  return crypto.subtle.importKey("raw", bytes(shown), CURVE, true, []).catch(() => null);
}
