// Keeps what a person changes: sends it by itself, keeps it in the browser until it has arrived, sees what others changed.

import { read } from "./fetching.js";
import { address, adopt, minutes as serverMinutes, server, setMinutes, setVersion, version } from "./lines.js";

const WAIT_MS = 600; // typing that goes on is one version
const AGAIN_MS = 5000;
const GONE_MS = 3 * AGAIN_MS; // a page that has not renewed what it keeps for so long is closed

const nothing = () => ({ lines: {}, before: {}, minutes: undefined, minutesBefore: undefined });
let waiting = nothing(); // key -> line or null, and what the server had there when it was changed
let timer = 0;
let sent = null; // on its way
export const undecided = []; // changed here and elsewhere: { key, mine, theirs }

export const token = () => document.querySelector('meta[name="csrf-token"]').content;
const empty = (change) => !Object.keys(change.lines).length && !change.minutes;
const bare = (line) => line && { start: line.start, end: line.end, text: line.text, speaker: line.speaker, doubtful: line.doubtful, overlapped: line.overlapped ?? false };
const equal = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
export const same = (a, b) => equal(bare(a), bare(b));
export const minutesWait = () => Boolean(waiting.minutes || sent?.minutes);
export const unsaved = () => Boolean(sent) || !empty(waiting);

/** What is newer over what is older. */
const over = (older, newer) => older ? {
  lines: { ...older.lines, ...newer.lines }, before: { ...newer.before, ...older.before },
  minutes: newer.minutes ?? older.minutes, minutesBefore: older.minutesBefore ?? newer.minutesBefore,
} : newer;

const tell = (name) => {
  const box = document.getElementById("saved");
  if (!box) return;
  for (const shown of [box, ...document.querySelectorAll(".saved")]) { // also where minutes are edited, far from the transcript
    shown.dataset.state = name;
    shown.textContent = box.dataset[name];
  }
};

// --- In the browser: each page keeps its own, and takes over what closed ones have left

const prefix = `konspekt:${location.pathname}:`;
const name = `${prefix}${Math.random().toString(36).slice(2)}`;
const keep = (left = false) => {
  try {
    if (!unsaved() && !undecided.length) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify({ ...over(sent, waiting), undecided, left, at: Date.now() }));
  } catch { /* private mode: then only what was sent is kept */ }
};
const takeLeft = () => {
  const found = nothing();
  try {
    for (const key of Object.keys(localStorage).filter((one) => one.startsWith(prefix) && one !== name)) {
      const record = JSON.parse(localStorage.getItem(key));
      if (!record.left && Date.now() - record.at < GONE_MS) continue;
      localStorage.removeItem(key);
      undecided.push(...record.undecided);
      Object.assign(found.lines, record.lines);
      Object.assign(found.before, record.before);
      if (record.minutes) [found.minutes, found.minutesBefore] = [record.minutes, record.minutesBefore];
    }
  } catch { /* nothing can be read */ }
  return found;
};

/** Take up what closed pages have left; returns what is to be shown of it. */
export const resume = () => {
  const left = takeLeft();
  for (const [key, line] of Object.entries(left.lines)) {
    if (key in waiting.lines) undecided.push({ key: Number(key), mine: line, theirs: waiting.lines[key] });
    else [waiting.lines[key], waiting.before[key]] = [line, left.before[key]];
  }
  if (left.minutes && !waiting.minutes) [waiting.minutes, waiting.minutesBefore] = [left.minutes, left.minutesBefore];
  if (empty(waiting) && !undecided.length) return waiting;
  sortOut(server, serverMinutes);
  keep();
  if (undecided.length) tell("conflict");
  if (!empty(waiting)) soon();
  return waiting;
};
setInterval(() => {
  if (unsaved() || undecided.length) keep();
  document.dispatchEvent(new Event("time-to-resume"));
  lookElsewhere();
}, AGAIN_MS);
addEventListener("pagehide", () => { send(); keep(true); });
addEventListener("pageshow", (event) => { if (event.persisted) keep(); });

// --- To the server

const soon = (ms = WAIT_MS) => {
  clearTimeout(timer);
  timer = setTimeout(send, ms);
};

/** Send soon: lines by key (null: deleted), or all minutes. */
export const change = ({ lines = {}, minutes }) => {
  for (const [key, line] of Object.entries(lines)) {
    if (!(key in waiting.lines)) waiting.before[key] = server.get(Number(key)) ?? null;
    waiting.lines[key] = line;
  }
  if (minutes) {
    if (!waiting.minutes) waiting.minutesBefore = serverMinutes;
    waiting.minutes = minutes;
  }
  keep();
  tell("saving");
  soon();
};

export const send = async () => {
  clearTimeout(timer);
  if (sent || empty(waiting)) return;
  sent = waiting;
  waiting = nothing();
  const body = JSON.stringify({ lines: Object.fromEntries(Object.entries(sent.lines).map(([key, line]) => [key, bare(line)])), minutes: sent.minutes });
  const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token(), "If-Match": `"${version}"` };
  const answer = await fetch(address(), { method: "PATCH", body, headers, keepalive: body.length < 60000 }).catch(() => null);
  const state = answer?.ok || answer?.status === 412 ? await read(answer) : null;
  const known = sent;
  sent = null;
  if (answer?.ok) {
    setVersion(state.version);
    setMinutes(state.minutes);
    for (const [key, line] of Object.entries(known.lines)) if (!line) server.delete(Number(key));
    for (const line of state.lines) server.set(line.key, line);
    for (const key of Object.keys(waiting.lines)) waiting.before[key] = server.get(Number(key)) ?? null;
    if (waiting.minutes) waiting.minutesBefore = state.minutes;
    document.dispatchEvent(new CustomEvent("saved", { detail: state }));
    channel?.postMessage(state.version);
    keep();
    tell(undecided.length ? "conflict" : empty(waiting) ? "saved" : "saving");
    if (!empty(waiting)) soon();
    return;
  }
  waiting = over(known, waiting); // it was not taken, and all of it waits
  keep();
  if (answer?.status === 412) await meet(state);
  else if (answer && answer.status < 500) tell("refused");
  else {
    tell("offline");
    soon(AGAIN_MS);
  }
};

/** Wait until all is sent, for some seconds at most. */
export const settled = async () => {
  for (let times = 0; unsaved() && times < 50; times += 1) {
    await send();
    if (unsaved()) await new Promise((done) => { setTimeout(done, 100); });
  }
};

/** Let go together what only one of us touched; what both changed a person decides, and both are kept until then. */
const sortOut = (theirs, theirMinutes) => {
  for (const [key, mine] of Object.entries(waiting.lines)) {
    const now = theirs.get(Number(key)) ?? null;
    if (!same(waiting.before[key], now) && !same(mine, now)) {
      undecided.push({ key: Number(key), mine, theirs: now });
      delete waiting.lines[key];
    }
    if (same(mine, now)) delete waiting.lines[key];
    waiting.before[key] = now;
  }
  if (waiting.minutes && !equal(waiting.minutesBefore, theirMinutes) && !equal(waiting.minutes, theirMinutes)) {
    undecided.push({ key: "minutes", mine: waiting.minutes, theirs: theirMinutes });
    waiting.minutes = undefined;
  }
  waiting.minutesBefore = theirMinutes;
};

const meet = async (state) => {
  sortOut(new Map(state.lines.map((line) => [line.key, line])), state.minutes);
  adopt(state);
  keep();
  document.dispatchEvent(new CustomEvent("met", { detail: new Set(Object.keys(waiting.lines).map(Number)) }));
  tell(undecided.length ? "conflict" : "saved");
  if (!empty(waiting)) await send();
};

/** Take a conflict off the list; with `mine`, that is sent. */
export const decide = (conflict, mine) => {
  undecided.splice(undecided.indexOf(conflict), 1);
  if (mine !== undefined) change(conflict.key === "minutes" ? { minutes: mine } : { lines: { [conflict.key]: mine } });
  else {
    keep();
    if (!undecided.length) tell("saved");
  }
};

// --- From other pages of this browser

let heard = 0; // the newest version that another page told of; without a connection it is asked for again later
const lookElsewhere = () => {
  if (heard > version && !unsaved()) document.dispatchEvent(new Event("changed-elsewhere"));
};
const channel = "BroadcastChannel" in window ? new BroadcastChannel(prefix) : null;
channel?.addEventListener("message", ({ data }) => {
  heard = Math.max(heard, data);
  lookElsewhere();
});
addEventListener("online", () => {
  if (unsaved()) send();
  else document.dispatchEvent(new Event("changed-elsewhere")); // a page may have told of it and closed meanwhile
});
