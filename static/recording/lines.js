// The lines of the transcript as the server rendered them. Of a long one it renders the first parts; in the place of each
// other stands an element that tells when its lines are said, until they are fetched.

export const list = () => document.querySelector(".lines");

/** key -> what the server says of the line: start, end, text, speaker, words. */
export const known = new Map();
/** The same as the server last said it, without what is changed here and not sent. */
export const server = new Map();
export let minutes = null; // the same of the minutes
export const setMinutes = (value) => { minutes = value; };
export let version = 0;

let order = []; // lines, and what stands for those that are not here
let starts = []; // of these, seconds
let lines = []; // those that are here

export const isMissing = (line) => line?.classList.contains("rest") ?? false;
export const missing = () => order.filter(isMissing);

/** Read the order of the lines anew, after the page was rendered or a line changed. */
export const arrange = () => {
  order = [...list().querySelectorAll(".line, .rest")];
  starts = order.map((line) => Number(line.dataset.start));
  lines = order.filter((line) => !isMissing(line));
  document.dispatchEvent(new Event("lines:arranged"));
};

export const setVersion = (number) => { version = number; };

/** Where the transcript is asked for, and sent to. */
export const address = () => list().dataset.transcript.split("?")[0];

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

const readLines = (elements) => {
  const speakers = speakersOfPage();
  let who = null;
  for (const element of elements) {
    if (element.dataset.who) who = speakers[element.dataset.who];
    const [speaker, name] = /speaker-\d/.test(element.className) ? who : [null, null];
    const line = {
      key: keyOf(element), start: Number(element.dataset.start), end: Number(element.dataset.end), text: textOf(element)?.data ?? "",
      speaker, name, doubtful: element.classList.contains("doubtful"), overlapped: Boolean(element.querySelector(".is-overlapped")),
    };
    if (known.has(line.key)) { // split off here, and sent, before the lines around it came
      const here = lines.find((one) => keyOf(one) === line.key);
      if (!here || here.contains(document.activeElement)) element.remove();
      else element.replaceWith(here);
      continue;
    }
    known.set(line.key, line);
    server.set(line.key, line);
  }
};

/** Who speaks, when the page was rendered: what stands in the lines, and how people read it; in the order of their colours. */
export const speakersOfPage = () => JSON.parse(list().dataset.speakers);

/** Take up the lines that the server rendered. */
export const begin = () => {
  known.clear();
  server.clear();
  version = Number(list().dataset.version ?? Infinity); // nothing is newer than what was heard
  unpack();
  arrange();
  readLines(lines);
};

/** Put lines where they were missing; html: as the server renders them. */
export const fill = (place, html) => {
  const made = document.createElement("template");
  made.innerHTML = html;
  const blocks = [...made.content.children];
  const held = place.contains(document.activeElement); // whoever walks by keyboard goes on from there
  place.replaceWith(...blocks);
  unpack();
  readLines(blocks.flatMap((block) => [...block.querySelectorAll(".line")]));
  arrange();
  if (held) blocks[0]?.querySelector(".at")?.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("lines:arrived", { detail: blocks }));
};

/** Take an answer of the server as what it knows now. */
export const adopt = (state) => {
  server.clear();
  for (const line of state.lines) server.set(line.key, line);
  version = state.version;
  minutes = state.minutes;
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
export const all = () => lines;
export const everything = () => order;

export const keyOf = (line) => Number(line.dataset.key);
export const textOf = (line) => line.querySelector("p").firstChild;

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
