// Brings new messages into an open conversation, and the inbox up to date, without losing what is being typed.
import { fetchJson, onChanged } from "./live.js";

// Runs read one at a time; a call that comes meanwhile makes it run once more.
function oneAtATime(read) {
  let running = null;
  let again = false;
  async function loop() {
    do {
      again = false;
      await read();
    } while (again);
  }
  return () => {
    if (running) again = true;
    else running = loop().finally(() => (running = null));
    return running;
  };
}

function menuCount(unread) {
  const link = document.querySelector(".nav a[aria-current]");
  const count = link?.querySelector(".count");
  if (!count) return;
  if (unread === 0) count.remove();
  else count.firstElementChild.textContent = unread;
}

function timeElement(message) {
  const time = document.createElement("time");
  time.dateTime = message.at;
  time.textContent = message.when;
  return time;
}

function build(message) {
  const item = document.getElementById("message-shape").content.firstElementChild.cloneNode(true);
  item.id = `message-${message.id}`;
  item.classList.toggle("mine", message.mine);
  item.querySelector(".face").textContent = initials(message.author);
  item.querySelector("header b").textContent = message.author;
  const role = item.querySelector("header .soft");
  if (message.role) role.textContent = message.role;
  else role.remove();
  item.querySelector(".words").textContent = message.text;
  const footer = item.querySelector("footer");
  footer.replaceChildren(timeElement(message));
  if (message.state) footer.append(` · ${message.state}`);
  return item;
}

function initials(name) {
  const words = name.split(/\s+/).filter((word) => word && !word.endsWith(".") && word !== "Dr");
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends.map((word) => [...word][0]).join("").toUpperCase();
}

function followConversation(place) {
  const list = place.querySelector(".conversation");
  let last = Number(place.dataset.last);

  function append(message) {
    // Numbers run unbroken; anything else would be a repetition.
    if (message.id !== last + 1) return;
    last = message.id;
    document.getElementById("no-messages")?.remove();
    const item = build(message);
    list.append(item);
    if (document.activeElement?.tagName !== "TEXTAREA") item.scrollIntoView({ block: "nearest" });
  }

  function markSeen(seen) {
    for (const item of list.querySelectorAll(".mine")) {
      const footer = item.querySelector("footer");
      const words = footer.lastChild;
      const sent = ` · ${place.dataset.sent}`;
      if (Number(item.id.slice("message-".length)) > seen || !words.textContent.endsWith(sent)) continue;
      words.textContent = ` · ${place.dataset.read}`;
    }
  }

  const read = oneAtATime(async () => {
    // What nobody looks at is not read yet.
    if (document.hidden) return;
    let news;
    do {
      news = await fetchJson(`${place.dataset.since}?after=${last}&of=${place.dataset.patient}`);
      news.messages.forEach(append);
    } while (news.newer);
    markSeen(news.seen);
    menuCount(news.unread);
  });

  onChanged("messages", (id) => (id === null || id === place.dataset.patient ? read() : undefined));
}

function cell(tag, ...parts) {
  const made = document.createElement(tag);
  made.append(...parts);
  return made;
}

function label(words, tone) {
  const made = cell("span", words);
  made.className = `tag ${tone}`;
  return made;
}

// On a telephone each cell carries its column's name.
function labelled(name, row, place) {
  const columns = place.querySelectorAll("thead th");
  for (const [at, one] of [name, ...row].entries()) if (at) one.dataset.label = columns[at].textContent;
  return cell("tr", name, ...row);
}

function inboxRow(row, place) {
  const link = cell("a", row.name);
  link.href = row.href;
  const name = cell("th", link);
  name.scope = "row";
  const unread = row.unread ? [label(`${row.unread}\u00a0${place.dataset.new}`, row.waiting ? "turn" : "plain")] : [];
  const due = [row.due ?? "", ...(row.late ? [" ", label(place.dataset.late, "alarm")] : [])];
  const rest = [unread, [row.waiting ?? ""], due, [row.last ?? place.dataset.nothing]];
  return labelled(name, rest.map((parts) => cell("td", ...parts)), place);
}

function followInbox(place) {
  const body = place.querySelector("tbody");
  if (!body) return;
  const read = oneAtATime(async () => {
    const news = await fetchJson(place.dataset.since);
    const focused = document.activeElement?.closest?.("tbody a")?.href;
    body.replaceChildren(...news.rows.map((row) => inboxRow(row, place)));
    // Whoever was about to open a conversation keeps their place.
    if (focused) [...body.querySelectorAll("a")].find((link) => link.href === focused)?.focus();
    menuCount(news.unread);
  });
  onChanged("messages", read);
}

const conversation = document.getElementById("live-conversation");
const inbox = document.getElementById("live-inbox");
if (conversation) followConversation(conversation);
if (inbox) followInbox(inbox);
