// Fetches what the page lacks: lines where nobody was yet, and when the words in sight are said.

import { address, fill, isMissing, keyOf, known, lineAt, list, missing, server, setMinutes, version } from "./lines.js";
import { placeIn } from "./player.js";

const ASK_AGAIN_MS = 5000;
const timed = new Map(); // key -> the text and start that its words belong to, and these
const parts = new Map(); // number of a part of the recording -> what comes when its words have
const partAt = (seconds) => Math.floor(seconds / Number(list().dataset.partS));
const placeOf = (number) => missing().find((place) => Number(place.dataset.part) === number);

const fetched = async (where) => {
  const answer = await fetch(where, { headers: { Accept: "application/json" } }).catch(() => null);
  return answer?.ok ? answer : null;
};
const addressOf = (asked) => {
  const where = new URL(list().dataset.transcript, location.href);
  where.searchParams.delete("part");
  for (const [name, value] of Object.entries(asked)) where.searchParams.set(name, value);
  if (where.searchParams.has("shown")) where.searchParams.set("shown", version);
  return where.pathname + where.search;
};

/** Read lines that the server sends whole. */
export const read = async (answer) => {
  const state = await answer.json();
  for (const line of state.lines) timed.set(line.key, { text: line.text, start: line.start, words: line.words });
  return state;
};

/** Ask the server how the transcript stands; null without a connection. */
export const ask = async () => {
  const answer = await fetched(address());
  return answer && read(answer);
};

/** Ask for the words of a part once, and for its lines where the page lacks them; texts that it has are sent only where others changed them. */
const take = async (number) => {
  const asked = version;
  const answer = await fetched(addressOf(placeOf(number) ? { part: number, drawn: 1 } : { part: number }));
  if (!answer) {
    setTimeout(() => { parts.delete(number); document.dispatchEvent(new Event("lines:wanted")); }, ASK_AGAIN_MS);
    return null;
  }
  const state = await answer.json();
  if (placeOf(number) && state.drawn) fill(placeOf(number), state.drawn[number] ?? "");
  for (const { key, words, text, start } of state.lines) {
    if (version !== asked && timed.has(key)) continue; // saved meanwhile, and its words came with that
    timed.set(key, { text: text ?? server.get(key)?.text, start: start ?? server.get(key)?.start, words });
  }
  document.dispatchEvent(new Event("words:arrived"));
  if (state.version > version) document.dispatchEvent(new Event("changed-elsewhere"));
  return state;
};
const partly = (number) => {
  if (!parts.has(number)) parts.set(number, take(number));
  return parts.get(number);
};
export const wordsAt = (seconds) => partly(partAt(seconds));

/** Have the lines of a moment here, and of what stands in their place. */
export const linesOf = (place) => partly(Number(place.dataset.part));
export const linesAt = (seconds) => (isMissing(lineAt(seconds)) ? linesOf(lineAt(seconds)) : null);

/** Have every line here; false where the server does not answer, and then the page says so. */
let coming = null;
export const whole = () => {
  if (missing().length) coming ??= rest().finally(() => { coming = null; });
  return coming ?? Promise.resolve(true);
};
const rest = async () => {
  const answer = await fetched(addressOf({ from: missing()[0].dataset.part }));
  document.getElementById("lines-lost").hidden = Boolean(answer);
  if (!answer) return false;
  const state = await answer.json();
  for (const place of missing()) {
    if (place.isConnected) fill(place, state.drawn?.[place.dataset.part] ?? "");
    await new Promise((done) => { setTimeout(done); }); // whoever types meanwhile is not kept waiting
  }
  if (state.version > version) document.dispatchEvent(new Event("changed-elsewhere"));
  return true;
};

/** Forget what was fetched for another page. */
export const forget = () => { timed.clear(); parts.clear(); };

/** Fetch the first words and the minutes, and what the address leads to; without them the page still plays and follows by lines. */
export const load = async () => {
  const moment = placeIn(location.hash);
  const [state] = await Promise.all([wordsAt(0), moment === null ? null : wordsAt(moment), moment === null ? null : linesAt(moment)]);
  setMinutes(state?.minutes ?? null);
  document.dispatchEvent(new CustomEvent("lines:loaded", { detail: { minutes: state?.minutes ?? null } }));
};

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

