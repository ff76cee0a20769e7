// The lines of the transcript: what the server rendered, and the times of their words, which come after the page.

import { player } from "./player.js";

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
export const address = () => player().dataset.transcript.split("?")[0];

/** Read lines that the server sends; a text that the page shows already is not sent, and words belong to one text. */
export const read = async (answer) => {
  const state = await answer.json();
  const shown = state.lines.some(({ text }) => text === undefined) ? new Map(order.map((line) => [keyOf(line), line])) : null;
  for (const line of state.lines) {
    line.text ??= textOf(shown.get(line.key))?.data ?? "";
    line.timed = { text: line.text, start: line.start };
  }
  return state;
};

/** Ask the server how the transcript stands; null without a connection. */
export const ask = async (where = address()) => {
  const answer = await fetch(where, { headers: { Accept: "application/json" } }).catch(() => null);
  return answer?.ok ? read(answer) : null;
};

/** Take an answer of the server as what it knows now. */
export const adopt = (state) => {
  server.clear();
  for (const line of state.lines) server.set(line.key, line);
  version = state.version;
  minutes = state.minutes;
};

/** Fetch words and version; without them the page still plays and follows by lines. */
export const load = async () => {
  const state = player() && list() ? await ask(player().dataset.transcript) : null;
  if (!state) return;
  adopt(state);
  known.clear();
  for (const line of state.lines) known.set(line.key, line);
  document.dispatchEvent(new CustomEvent("lines:loaded", { detail: state }));
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

/** Words of a line as [place, length, start ms, end ms, unsure]; the server packs each behind the one before it. */
export const wordsOf = (line) => {
  const { text, timed, words: packed } = known.get(keyOf(line)) ?? {};
  const words = [];
  if (!timed || timed.text !== text) return words; // changed here, and the server has not said yet when its words are said
  let place = 0;
  let said = Math.round(timed.start * 100);
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
