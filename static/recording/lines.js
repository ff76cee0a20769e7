// The lines of the transcript: what the server rendered, and when their words are said, which comes for what is in sight.

import { placeIn } from "./player.js";

export const list = () => document.querySelector(".lines");
export const elements = () => [...document.querySelectorAll(".lines .line")];

/** key -> what the server says of the line: start, end, text, speaker, words. */
export const known = new Map();
/** The same as the server last said it, without what is changed here and not sent. */
export const server = new Map();
export let minutes = null; // the same of the minutes
export const setMinutes = (value) => { minutes = value; };
export let version = 0;

let starts = []; // of elements in their order, seconds
let order = [];

/** Read the order of the lines anew, after the page was rendered or a line changed. */
export const arrange = () => {
  order = elements();
  starts = order.map((line) => Number(line.dataset.start));
  document.dispatchEvent(new Event("lines:arranged"));
};

export const setVersion = (number) => { version = number; };

/** Where the transcript is asked for, and sent to. */
export const address = () => list().dataset.transcript.split("?")[0];

const timed = new Map(); // key -> the text and start that its words belong to, and these
const parts = new Map(); // number of a part of the recording -> what comes when its words have
const partAt = (seconds) => Math.floor(seconds / Number(list().dataset.partS));
const ASK_AGAIN_MS = 5000;

/** Read lines that the server sends whole. */
export const read = async (answer) => {
  const state = await answer.json();
  for (const line of state.lines) timed.set(line.key, { text: line.text, start: line.start, words: line.words });
  return state;
};

const fetched = async (where) => {
  const answer = await fetch(where, { headers: { Accept: "application/json" } }).catch(() => null);
  return answer?.ok ? answer : null;
};

/** Ask the server how the transcript stands; null without a connection. */
export const ask = async () => {
  const answer = await fetched(address());
  return answer && read(answer);
};

/** Take an answer of the server as what it knows now. */
export const adopt = (state) => {
  server.clear();
  for (const line of state.lines) server.set(line.key, line);
  version = state.version;
  minutes = state.minutes;
};

/** Ask for the words of a part once; the page has their texts, so they are not sent unless others changed them meanwhile. */
const take = async (number) => {
  const [where, asked] = [new URL(list().dataset.transcript, location.href), version];
  where.searchParams.set("part", number);
  if (where.searchParams.has("shown")) where.searchParams.set("shown", version);
  const answer = await fetched(where.pathname + where.search);
  if (!answer) {
    setTimeout(() => parts.delete(number), ASK_AGAIN_MS);
    return null;
  }
  const state = await answer.json();
  for (const { key, words, text, start } of state.lines) {
    if (version !== asked && timed.has(key)) continue; // saved meanwhile, and its words came with that
    timed.set(key, { text: text ?? server.get(key)?.text, start: start ?? server.get(key)?.start, words });
  }
  document.dispatchEvent(new Event("words:arrived"));
  return state;
};
export const wordsAt = (seconds) => {
  const number = partAt(seconds);
  if (!parts.has(number)) parts.set(number, take(number));
  return parts.get(number);
};

/** Give each line what its block says of it. */
const unpack = () => {
  for (const block of list().querySelectorAll(".block[data-keys]")) {
    const keys = block.dataset.keys.split(" ").map(Number);
    const ends = block.dataset.ends.split(" ");
    block.querySelectorAll(".line").forEach((line, place) => {
      line.dataset.key = keys[place] ?? keys[0] + place;
      line.dataset.start ??= Number(line.id.slice(1)) / 1000;
      line.dataset.end = ends[place];
    });
    delete block.dataset.keys;
    delete block.dataset.ends;
  }
};

const readPage = () => {
  const speakers = JSON.parse(list().dataset.speakers);
  let who = null;
  for (const element of order) {
    if (element.dataset.who) who = speakers[element.dataset.who];
    const [speaker, name] = /speaker-\d/.test(element.className) ? who : [null, null];
    const line = {
      key: keyOf(element), start: Number(element.dataset.start), end: Number(element.dataset.end), text: textOf(element)?.data ?? "",
      speaker, name, doubtful: element.classList.contains("doubtful"), overlapped: Boolean(element.querySelector(".is-overlapped")),
    };
    known.set(line.key, line);
    server.set(line.key, line);
  }
};

/** Take up the lines that the server rendered. */
export const begin = () => {
  for (const map of [known, server, timed, parts]) map.clear();
  version = Number(list().dataset.version ?? Infinity); // nothing is newer than what was heard
  unpack();
  arrange();
  readPage();
};

/** Fetch the first words and the minutes, and the words where the address leads; without them the page still plays and follows by lines. */
export const load = async () => {
  const moment = placeIn(location.hash);
  const [state] = await Promise.all([wordsAt(0), moment === null ? null : wordsAt(moment)]);
  minutes = state?.minutes ?? null;
  document.dispatchEvent(new CustomEvent("lines:loaded", { detail: { minutes } }));
  if (state?.version > version) document.dispatchEvent(new Event("changed-elsewhere"));
};

/** The place in the order of the line that is said at a moment, or was said last; -1 before the first. */
export const placeAt = (seconds) => {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= seconds) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};
export const lineAt = (seconds) => order[placeAt(seconds)];
export const lineAfter = (line) => order[order.indexOf(line) + 1];
export const lineBefore = (line) => order[order.indexOf(line) - 1];
export const startAfter = (seconds) => starts[placeAt(seconds) + 1];
export const all = () => order;

export const keyOf = (line) => Number(line.dataset.key);
export const textOf = (line) => line.querySelector("p").firstChild;

export const hasWords = (line) => timed.has(keyOf(line));

/** Words of a line as [place, length, start ms, end ms, unsure]; the server packs each behind the one before it. None yet: they are on their way. */
export const wordsOf = (line) => {
  const { text, start: began, words: packed } = timed.get(keyOf(line)) ?? {};
  const words = [];
  if (!packed) wordsAt(Number(line.dataset.start));
  if (!packed || text !== known.get(keyOf(line))?.text) return words; // changed here, and the server has not said yet when its words are said
  let place = 0;
  let said = Math.round(began * 100);
  for (let i = 0; i + 4 < packed.length; i += 5) {
    const [gap, length, wait, lasts, unsure] = packed.slice(i, i + 5);
    const start = said + wait;
    words.push([place + gap, length, start * 10, (start + lasts) * 10, unsure]);
    place += gap + length;
    said = start + lasts;
  }
  return words;
};

/** Where the caret is in a line's text. */
export const placeOfCaret = (line) => {
  const chosen = getSelection();
  if (!chosen.rangeCount || !line.contains(chosen.anchorNode)) return -1;
  const before = new Range();
  before.setStart(line.querySelector("p"), 0);
  before.setEnd(chosen.focusNode, chosen.focusOffset);
  return before.toString().length;
};

export const rangeOf = (line, place, length) => {
  const text = textOf(line);
  if (text?.nodeType !== Node.TEXT_NODE || place + length > text.length) return null;
  const range = new Range();
  range.setStart(text, place);
  range.setEnd(text, place + length);
  return range;
};
