// Draws lines of the transcript as the server does, after one of them changed.

import { arrange, everything, isMissing, keyOf, known, list, speakersOfPage } from "./lines.js";
import { clock } from "./player.js";
import { watchAgain } from "./following.js";

export const colours = new Map(); // speaker -> class
const N_COLOURS = 8;
const names = new Map(); // speaker -> as people read it: voices have ids
export const nameOf = (speaker) => names.get(speaker) ?? speaker;

/** Learn the speakers' colours from the page, so that they stay. */
export const learnColours = () => {
  for (const [place, [speaker, called]] of speakersOfPage().entries()) {
    names.set(speaker, called);
    if (!colours.has(speaker)) colours.set(speaker, `speaker-${place % N_COLOURS}`);
  }
};
const colourOf = (speaker) => {
  if (!colours.has(speaker)) colours.set(speaker, `speaker-${colours.size % N_COLOURS}`);
  return colours.get(speaker);
};

/** Let a speaker whose name changes wherever he speaks keep his colour. */
export const passColour = (from, to) => {
  if (colours.has(from) && !colours.has(to)) colours.set(to, colours.get(from));
};

export const element = (key) => list().querySelector(`.line[data-key="${key}"]`);

const block = () => Object.assign(document.createElement("ol"), { className: "block" });
const made = (key) => {
  const line = document.createElement("li");
  line.className = "line";
  line.dataset.key = key;
  const at = Object.assign(document.createElement("a"), { className: "at" });
  const box = document.createElement("div");
  box.append(document.createElement("p"));
  line.append(at, box);
  return line;
};

/** The block before what stands for missing lines, or the last one. */
const lastBlock = (place) => [place ? place.previousElementSibling : list().lastElementChild].find((one) => one && !isMissing(one));

/** Show lines as they are in `known`: new ones find their place, deleted ones go, and each speaker is named once. */
export const redraw = (keys) => {
  let moved = false; // the order of the lines, or their times
  for (const key of keys) {
    const line = known.get(key);
    let shown = element(key);
    if (!line) {
      moved = moved || Boolean(shown);
      shown?.remove();
      continue;
    }
    moved = moved || !shown || Number(shown.dataset.start) !== line.start || Number(shown.dataset.end) !== line.end;
    if (!shown) {
      shown = made(key);
      const after = everything().find((other) => other.isConnected && Number(other.dataset.start) > line.start);
      if (after && !isMissing(after)) after.before(shown);
      else (lastBlock(after) ?? list().insertBefore(block(), after ?? null)).append(shown);
    }
    const at = shown.querySelector(".at");
    const id = `t${Math.round(line.start * 1000)}`;
    [shown.id, at.href, at.textContent] = [id, `#${id}`, clock(line.start)];
    [shown.dataset.start, shown.dataset.end] = [line.start, line.end];
    const text = shown.querySelector("p");
    if (text.textContent !== line.text || text.childNodes.length !== 1) text.textContent = line.text;
    shown.classList.toggle("doubtful", line.doubtful);
    if (!line.doubtful) shown.querySelector(".badge")?.remove();
    shown.className = shown.className.replace(/\s*speaker-\d/g, "");
    if (line.speaker) shown.classList.add(colourOf(line.speaker));
  }
  if (moved) arrange();
  nameSpeakers(new Set(keys));
  watchAgain(keys.map(element).filter(Boolean));
  document.dispatchEvent(new Event("lines:changed"));
};

const nameSpeakers = (changed) => {
  let before = null;
  let unknown = false; // whether the line before is not here; then the server has said who begins
  for (const line of everything()) {
    if (isMissing(line)) { unknown = true; continue; }
    const key = keyOf(line);
    const speaker = known.get(key)?.speaker ?? null;
    const begins = unknown ? line.classList.contains("begins") : Boolean(speaker) && speaker !== before;
    unknown = false;
    before = speaker;
    if (begins === line.classList.contains("begins") && !changed.has(key)) continue;
    line.classList.toggle("begins", begins);
    const box = line.querySelector("div");
    let who = box.querySelector(".who");
    if (begins && !who) {
      who = Object.assign(document.createElement("strong"), { className: "who" });
      box.prepend(who);
    }
    if (begins && who.textContent !== nameOf(speaker)) who.textContent = nameOf(speaker);
    if (!begins) who?.remove();
  }
};
