// People who agree on keys without browsers: the module that pages use, and a post between them that is slow and uneven.
// Each line that comes is a list of names: those who are in the call from now on, each told of it a little sooner or later;
// and of those who vanished: nothing that they say, and nothing said to them, arrives.
// Each line that goes says how they stand once they agree, or when nobody would wait any longer.
import { createInterface } from "node:readline";

const { Agreement } = await import(new URL("../../static/js/consults/agree.js", import.meta.url));
const [seed, patience] = process.argv.slice(2).map(Number);
const SLOWEST = 40;
const APART = 60;
const people = new Map();
let state = seed;
let silent = [];

function chance(most) {
  state = (state * 1103515245 + 12345) % 2 ** 31;
  return (state / 2 ** 31) * most;
}

const after = (wait) => new Promise((done) => setTimeout(done, wait));

function person(name) {
  const one = { keys: {}, mine: null, posts: new Map() };
  one.agreement = new Agreement({ able: true, send: (to, message) => carry(name, to, JSON.stringify(message)) });
  one.agreement.addEventListener("mine", ({ detail }) => (one.mine = detail.id));
  one.agreement.addEventListener("theirs", ({ detail }) => (one.keys[detail.owner] = detail.id));
  people.set(name, one);
  return one;
}

// What one says to another arrives in the order in which it was said.
function carry(from, to, text) {
  const other = people.get(to);
  if (!other) return;
  const before = other.posts.get(from) ?? Promise.resolve();
  const arrive = () => silent.includes(to) || silent.includes(from) || other.agreement.hear(from, JSON.parse(text));
  other.posts.set(from, Promise.all([before, after(chance(SLOWEST))]).then(arrive));
}

function meet(names) {
  for (const name of names) {
    const one = people.get(name) ?? person(name);
    clearTimeout(one.timer);
    one.timer = setTimeout(() => one.agreement.meet(name, names.filter((other) => other !== name)), chance(APART));
  }
}

function stands(names) {
  const all = names.map((name) => people.get(name));
  const of = ({ agreement, keys, mine }) => ({ code: agreement.code, broken: agreement.broken, complete: agreement.complete, keys, mine });
  return Object.fromEntries(names.map((name, at) => [name, of(all[at])]));
}

async function settled(names) {
  for (let waited = 0; waited < patience; waited += 10) {
    await after(10);
    const now = Object.values(stands(names));
    const sizes = names.every((name) => people.get(name).agreement.others.length >= names.length - 1);
    const one = new Set(now.map(({ code }) => code)).size === 1;
    if (sizes && one && now.every(({ complete }) => complete)) break;
  }
  return stands(names);
}

for await (const line of createInterface({ input: process.stdin })) {
  const { names, wait, gone = [] } = JSON.parse(line);
  silent = gone;
  meet(names);
  if (wait) await after(wait);
  const here = names.filter((name) => !gone.includes(name));
  process.stdout.write(`${JSON.stringify(wait ? {} : await settled(here))}\n`);
}
process.exit(0);
