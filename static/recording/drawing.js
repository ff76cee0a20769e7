// Draws lines of the transcript as the server does, after one of them changed.

import { all, arrange, keyOf, known, list } from "./lines.js";
import { clock } from "./player.js";
import { watchAgain } from "./following.js";

export const colours = new Map(); // speaker -> class
const N_COLOURS = 8;
const names = new Map(); // speaker -> as people read it: voices have ids
export const nameOf = (speaker) => names.get(speaker) ?? speaker;

/** Learn the speakers' colours from the page, so that they stay. */
export const learnColours = () => {
  for (const line of all()) {
    const speaker = known.get(keyOf(line))?.speaker;
    const name = line.className.match(/speaker-\d/)?.[0];
    const called = known.get(keyOf(line))?.name;
    if (speaker && called) names.set(speaker, called);
    if (speaker && name && !colours.has(speaker)) colours.set(speaker, name);
  }
};
const colourOf = (speaker) => {
  if (!colours.has(speaker)) colours.set(speaker, `speaker-${colours.size % N_COLOURS}`);
  return colours.get(speaker);
};

export const element = (key) => list().querySelector(`.line[data-key="${key}"]`);

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

/** Show lines as they are in `known`: new ones find their place, deleted ones go, and each speaker is named once. */
export const redraw = (keys) => {
  for (const key of keys) {
    const line = known.get(key);
    let shown = element(key);
    if (!line) {
      shown?.remove();
      continue;
    }
    if (!shown) {
      shown = made(key);
      const after = all().find((other) => other.isConnected && Number(other.dataset.start) > line.start);
      list().insertBefore(shown, after ?? null);
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
  arrange();
  nameSpeakers();
  for (const key of keys) if (element(key)) watchAgain(element(key));
};

const nameSpeakers = () => {
  let before = null;
  for (const line of all()) {
    const speaker = known.get(keyOf(line))?.speaker ?? null;
    const box = line.querySelector("div");
    let who = box.querySelector(".who");
    if (speaker && speaker !== before) {
      if (!who) {
        who = Object.assign(document.createElement("strong"), { className: "who" });
        box.prepend(who);
      }
      if (who.textContent !== nameOf(speaker)) who.textContent = nameOf(speaker);
    } else who?.remove();
    before = speaker;
  }
};
