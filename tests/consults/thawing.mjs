// A picture that stands for an hour, whatever is tried, then moves for a while and stands again: by the module that pages use.
// Prints at which second what was tried, and what the person was told at the end of each part.
const { Thaw } = await import(new URL("../../static/js/consults/thaw.js", import.meta.url));
const LOOK = 500;
const thaw = new Thaw();
const tried = [];
let now = 0;

function stand(seconds) {
  let since = now;
  const words = [];
  for (const end = now + 1000 * seconds; now < end; now += LOOK) {
    const asked = thaw.look({ still: now - since, sure: 0 }, now) === "ask";
    const step = asked ? thaw.next(now - since) : "";
    if (step) tried.push([now / 1000, step]);
    // What comes over a new connection is looked at afresh.
    if (step === "anew") since = now;
    if (words.at(-1) !== thaw.word) words.push(thaw.word);
  }
  return words;
}

function move(looks) {
  for (let sure = 1; sure <= looks; sure += 1, now += LOOK) thaw.look({ still: 0, sure }, now);
  return thaw.word;
}

const first = stand(3600);
const moving = move(30);
const again = now / 1000;
const second = stand(5);
process.stdout.write(JSON.stringify({ tried, first, moving, again, second }));
