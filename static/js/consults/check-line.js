// How good this person's own line is, seen by what goes to the node and comes back. Where no node answers, a file is
// fetched from the portal instead: that tells how wide the line is, and nothing about pictures.

const LOOK = 500;
// A new connection feels its way up first.
const WARMING = 3500;
const ROUNDS = 4;
const FETCH_PATIENCE = 8000;

const sum = (list, name) => list.reduce((all, one) => all + (one[name] ?? 0), 0);
const middle = (numbers) => numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)];
const share = (part, whole) => (whole > 0 ? Math.min(1, Math.max(0, part) / whole) : 0);

// Looks at the connection for some seconds; `tell` hears how much of them is over, 0 to 1. Answers the wait in seconds,
// shares of lost packets and of made-up sound, pictures a second that came and that were drawn, and bits a second.
export async function watch(path, milliseconds, tell) {
  const looks = [];
  const begun = performance.now();
  let over = 0;
  while (over < 1) {
    await new Promise((done) => setTimeout(done, LOOK));
    over = Math.min(1, (performance.now() - begun) / milliseconds);
    looks.push(look(await path.stats()));
    tell(over);
  }
  const late = looks.filter(({ at }) => at - begun > WARMING);
  return between(late[0] ?? looks[0], looks.at(-1), late);
}

function look(stats) {
  const of = (type, kind) => stats.filter((one) => one.type === type && (!kind || one.kind === kind));
  const [sound, told, out] = [of("inbound-rtp", "audio"), of("remote-inbound-rtp", "audio"), of("outbound-rtp", "audio")];
  const pair = stats.find(({ type, nominated, state }) => type === "candidate-pair" && nominated && state === "succeeded");
  return {
    at: performance.now(),
    sent: sum(out, "packetsSent"),
    lostThere: sum(told, "packetsLost"),
    came: sum(sound, "packetsReceived"),
    // Asked for again: lost on the way, even where it came in time after all.
    lostHere: Math.max(sum(sound, "packetsLost"), sum(sound, "nackCount")),
    hidden: sum(sound, "concealedSamples") - sum(sound, "silentConcealedSamples"),
    heard: sum(sound, "totalSamplesReceived"),
    frames: sum(of("inbound-rtp", "video"), "framesDecoded"),
    // Counted over all the time, so that no short word is missed.
    voice: sum(of("media-source", "audio"), "totalAudioEnergy"),
    drawn: sum(of("outbound-rtp", "video"), "framesEncoded"),
    wait: pair?.currentRoundTripTime,
    room: pair?.availableOutgoingBitrate,
  };
}

function between(first, last, looks) {
  const grown = (name) => last[name] - first[name];
  const seconds = Math.max(LOOK, grown("at")) / 1000;
  return {
    seconds,
    wait: middle(looks.map(({ wait }) => wait).filter((one) => one !== undefined)) ?? 0,
    loss: Math.max(share(grown("lostThere"), grown("sent")), share(grown("lostHere"), grown("lostHere") + grown("came"))),
    hidden: share(grown("hidden"), grown("heard")),
    back: share(grown("came"), grown("sent")),
    frames: grown("frames") / seconds,
    drawn: grown("drawn") / seconds,
    voice: last.voice / seconds,
    room: last.room,
  };
}

// The same of a plain file; answers null where not even that comes.
export async function fetched(url, tell) {
  const waits = [];
  const ends = performance.now() + FETCH_PATIENCE;
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      waits.push((await take(url, "HEAD", ends)).seconds);
      tell((round + 1) / (ROUNDS + 1));
    }
    const { seconds, bytes } = await take(url, "GET", ends);
    const wait = middle(waits);
    return { wait, room: (8 * bytes) / Math.max(0.001, seconds - wait) };
  } catch {
    return null;
  }
}

async function take(url, method, ends) {
  const begun = performance.now();
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), ends - begun);
  try {
    const answer = await fetch(url, { method, cache: "no-store", signal: stop.signal });
    const bytes = (await answer.arrayBuffer()).byteLength;
    return { seconds: (performance.now() - begun) / 1000, bytes };
  } finally {
    clearTimeout(timer);
  }
}
