// How good the line is, in words, and what is done about a poor one: a smaller picture, fewer pictures, sound alone. The
// browser itself makes the picture as small as the line demands: told to, it would do so once more. So the first step only
// says what it does; the others come where that is not enough, each with its reason.

const LOOK = 2000;
// A new connection feels its way up; what it says at first says nothing about the line.
const WARMING = 8000;
const PATIENT = 8000;
const LONGEST = 120_000;
const BAD_LOOKS = 2;

// From full picture to sound alone: what the video sender is told at each step.
export const STEPS = [
  { name: "full", rate: 30, active: true },
  { name: "small", rate: 30, active: true },
  { name: "slow", rate: 12, active: true },
  { name: "sound", rate: 12, active: false },
];
const [FULL, SMALL, SLOW, SOUND] = STEPS.keys();
// Bits/s that carry no picture beside the voice, no smooth one, and no sharp one.
const NONE = 60_000;
const NARROW = 120_000;
const TIGHT = 250_000;
// Pictures a second below which evenly few are better than many that stumble.
const STUMBLES = 15;
const SMALLER = 0.9;
const FAIR = { loss: 0.03, wait: 0.3, hidden: 0.03, jitter: 0.06 };
const POOR = { loss: 0.1, wait: 0.6, hidden: 0.1, jitter: 0.15 };
const LOST_SOUND = 0.02;
const LOST_PICTURE = 0.2;

export class Line extends EventTarget {
  grade = "unknown";
  whose = "between";
  step = 0;
  // Over the whole call, in thousandths: packets lost on the way here, and sound that had to be made up.
  sums = { lost: 0, arrived: 0, hidden: 0, heard: 0 };
  #path;
  #pc = null;
  #before = null;
  #begun = 0;
  #bad = 0;
  #since = 0;
  #wait = PATIENT;

  // `path()` answers the connection that carries the call, or null.
  constructor(path) {
    super();
    this.#path = path;
    setInterval(() => this.#look().catch(() => {}), LOOK);
  }

  get loss() {
    return share(this.sums.lost, this.sums.lost + this.sums.arrived);
  }

  get concealed() {
    return share(this.sums.hidden, this.sums.heard);
  }

  reset() {
    this.sums = { lost: 0, arrived: 0, hidden: 0, heard: 0 };
    this.#pc = null;
    this.#take("unknown", "between", 0);
  }

  async #look() {
    const path = this.#path();
    if (!path || path.pc.connectionState !== "connected") return;
    const now = measure(await path.stats());
    if (path.pc !== this.#pc) this.#meet(path.pc);
    const seen = this.#before && difference(this.#before, now);
    this.#before = now;
    if (!seen) return;
    for (const name of Object.keys(this.sums)) this.sums[name] += Math.max(0, seen[name]);
    const { grade, whose } = graded(seen, path.relayed);
    this.#take(grade, whose, this.#decide(seen));
    if (seen.lostSound > LOST_SOUND) path.repeat?.();
    path.shape(STEPS[this.step]);
  }

  #meet(pc) {
    this.#pc = pc;
    this.#before = null;
    this.#begun = performance.now();
    this.#bad = 0;
  }

  // Down after two looks that agree; up one step at a time, ever less eagerly where the last try failed.
  #decide(seen) {
    const now = performance.now();
    if (now - this.#begun < WARMING) return this.step;
    const wanted = fitting(seen, this.step);
    if (Math.max(wanted, this.step) <= SMALL) {
      this.#bad = wanted === this.step ? 0 : this.#bad + 1;
      return this.#bad < BAD_LOOKS ? this.step : wanted;
    }
    if (wanted > this.step) {
      this.#bad += 1;
      if (this.#bad < BAD_LOOKS) return this.step;
      this.#wait = now - this.#since < 4 * PATIENT ? Math.min(2 * this.#wait, LONGEST) : PATIENT;
      this.#since = now;
      return wanted;
    }
    this.#bad = 0;
    // Where only sound is sent the line says nothing about pictures: after a while one is tried.
    if (!this.step || now - this.#since < this.#wait || (wanted === this.step && wanted < SOUND)) return this.step;
    this.#since = now;
    return this.step - 1;
  }

  #take(grade, whose, step) {
    if (grade === this.grade && whose === this.whose && step === this.step) return;
    Object.assign(this, { grade, whose, step });
    this.dispatchEvent(new Event("change"));
  }
}

// The step that fits what is seen. Told to send few, the browser no longer shows what it would do by itself: then the
// room that it sees must be enough.
function fitting({ room = Infinity, lostOut, limited, smaller, rate }, step) {
  if (lostOut > LOST_PICTURE || room < NONE) return SOUND;
  if (room < NARROW && (step >= SLOW || (limited && rate < STUMBLES))) return SLOW;
  return limited && smaller ? SMALL : FULL;
}

function measure(stats) {
  const of = (type, kind) => stats.filter((one) => one.type === type && (!kind || one.kind === kind));
  const sum = (list, name) => list.reduce((all, one) => all + (one[name] ?? 0), 0);
  const [sound, coming] = [of("inbound-rtp", "audio"), of("inbound-rtp")];
  const pair = stats.find(({ type, nominated, state }) => type === "candidate-pair" && nominated && state === "succeeded");
  const told = of("remote-inbound-rtp");
  const [out, source] = [of("outbound-rtp", "video"), of("media-source", "video")[0]];
  const largest = Math.max(0, ...out.map((one) => one.frameHeight ?? 0));
  return {
    lost: sum(coming, "packetsLost"),
    arrived: sum(coming, "packetsReceived"),
    soundLost: sum(sound, "packetsLost"),
    soundArrived: sum(sound, "packetsReceived"),
    // Asked for again: lost on the way, even where it came in time after all.
    soundAsked: sum(sound, "nackCount"),
    hidden: sum(sound, "concealedSamples") - sum(sound, "silentConcealedSamples"),
    heard: sum(sound, "totalSamplesReceived"),
    jitter: Math.max(0, ...coming.map((one) => one.jitter ?? 0)),
    lostOut: Math.max(0, ...told.map((one) => one.fractionLost ?? 0)),
    wait: pair?.currentRoundTripTime ?? 0,
    room: pair?.availableOutgoingBitrate,
    limited: out.some((one) => one.qualityLimitationReason === "bandwidth"),
    smaller: largest > 0 && largest < SMALLER * (source?.height ?? 0),
    rate: Math.max(...out.map((one) => one.framesPerSecond ?? 0), out.length ? 0 : Infinity),
  };
}

function difference(before, now) {
  const grown = Object.fromEntries(["lost", "arrived", "hidden", "heard"].map((name) => [name, now[name] - before[name]]));
  const [soundLost, soundAsked, soundArrived] = ["Lost", "Asked", "Arrived"].map((name) => now[`sound${name}`] - before[`sound${name}`]);
  const part = (some, rest) => (some > 0 && some + rest > 0 ? some / (some + rest) : 0);
  return {
    ...now,
    ...grown,
    lostIn: part(grown.lost, grown.arrived),
    lostSound: part(Math.max(soundLost, soundAsked), soundArrived),
    hiddenPart: grown.heard > 0 ? Math.max(0, grown.hidden) / grown.heard : 0,
  };
}

// Between two browsers nobody can tell whose line it is; to the node each has a line of their own. But it also tells
// whoever sends to send no more than the other's line takes: room alone says nothing of whose line is narrow.
function graded({ lostIn, lostOut, hiddenPart, jitter, wait, room }, relayed) {
  const over = (limits) => ({
    mine: lostOut > limits.loss || wait > limits.wait,
    coming: lostIn > limits.loss || hiddenPart > limits.hidden || jitter > limits.jitter,
  });
  const [fair, poor] = [over(FAIR), over(POOR)];
  const narrow = room !== undefined && room < NARROW;
  const tight = room !== undefined && room < TIGHT;
  const grade = poor.mine || poor.coming || narrow ? "poor" : fair.mine || fair.coming || tight ? "fair" : "good";
  const { mine, coming } = grade === "poor" ? poor : fair;
  const whose = mine ? "own" : coming ? "theirs" : "between";
  return { grade, whose: relayed ? whose : "between" };
}

function share(part, whole) {
  return whole > 0 ? Math.min(1000, Math.round((1000 * part) / whole)) : 0;
}
