// Finds text in the transcript: how often, and each in turn.

import { apply, finish } from "./editing.js";
import { whole } from "./fetching.js";
import { all, keyOf, known, list, rangeOf, textOf } from "./lines.js";
import { bringUp, setFollow } from "./following.js";

const field = () => document.getElementById("find");
const paints = "highlights" in CSS;
const hits = paints ? new Highlight() : null;
const hit = paints ? new Highlight() : null;
if (paints) {
  CSS.highlights.set("found", hits);
  CSS.highlights.set("found-now", hit);
  hit.priority = 1;
}

let found = []; // [line, place]
let at = -1;
let searched = "";

/** Compare as people do: case and ё make no difference. The length stays, so that places do. */
export const plain = (text) => text.toLocaleLowerCase().replaceAll("ё", "е");
const plains = new WeakMap(); // line -> its text, and that as it is compared
const plainOf = (line) => {
  const text = textOf(line)?.data ?? "";
  if (plains.get(line)?.text !== text) plains.set(line, { text, plain: plain(text) });
  return plains.get(line).plain;
};

const count = () => {
  const box = document.getElementById("found");
  box.value = !field().value.trim() ? "" : found.length ? `${at + 1} / ${found.length}` : box.dataset.none;
};

export const search = () => {
  hits?.clear();
  hit?.clear();
  found = [];
  at = -1;
  searched = field()?.value ?? "";
  const wanted = plain(searched.trim());
  if (wanted) {
    for (const line of all()) {
      const text = plainOf(line);
      for (let place = text.indexOf(wanted); place >= 0; place = text.indexOf(wanted, place + wanted.length)) found.push([line, place]);
    }
    for (const [line, place] of found.slice(0, 2000)) {
      const range = rangeOf(line, place, wanted.length);
      if (range) hits?.add(range);
    }
  }
  if (field()) count();
};

const go = (step) => {
  if (!found.length) return;
  at = (at + step + found.length) % found.length;
  const [line, place] = found[at];
  setFollow(false);
  bringUp(line);
  hit?.clear();
  const range = rangeOf(line, place, field().value.trim().length);
  if (range) hit?.add(range);
  count();
};

// --- Replace what is found, in one line or in all

const replaced = (text, wanted, by) => {
  let out = "";
  let from = 0;
  const low = plain(text);
  for (let place = low.indexOf(wanted); place >= 0; place = low.indexOf(wanted, from)) {
    out += text.slice(from, place) + by;
    from = place + wanted.length;
  }
  return out + text.slice(from);
};
const replace = (lines) => {
  const wanted = plain(field().value.trim());
  const by = document.getElementById("replace").value;
  if (!wanted) return;
  finish();
  const changes = {};
  for (const line of lines) {
    const old = known.get(keyOf(line));
    const text = old && replaced(old.text, wanted, by).replace(/\s+/g, " ").trim();
    if (old && text !== old.text) changes[old.key] = text ? { ...old, text, doubtful: false } : null;
  }
  const n = Object.keys(changes).length;
  if (n) apply(changes);
  search();
};
document.addEventListener("click", async (event) => {
  const id = event.target.closest?.("button")?.id;
  if (!id?.startsWith("replace-") || !(await whole())) return;
  // the field may have changed a moment ago, or the lines
  if (id === "replace-all" || (id === "replace-one" && searched !== field().value)) search();
  if (id === "replace-all") replace([...new Set(found.map(([line]) => line))]);
  if (id === "replace-one" && found.length) {
    const place = Math.max(0, at);
    replace([found[place][0]]);
    at = place - 1;
    go(1);
  }
});
// Lines that changed are looked through again, at the same place.
let again = 0;
for (const kind of ["lines:changed", "lines:arrived"]) {
  document.addEventListener(kind, () => {
    if (!field()?.value.trim()) return;
    clearTimeout(again);
    again = setTimeout(() => { const place = at; search(); at = Math.min(place, found.length - 1); count(); }, 50);
  });
}

// Whoever searches here, by the browser or for paper, wants all of the text.
document.addEventListener("focusin", (event) => { if (event.target.id === "find") whole(); });
document.addEventListener("keydown", (event) => { if (list() && ["Control", "Meta", "F3"].includes(event.key)) whole(); });

let soon = 0;
document.addEventListener("input", (event) => {
  if (event.target.id !== "find") return;
  clearTimeout(soon);
  soon = setTimeout(async () => { await whole(); search(); go(1); }, 120);
});
document.addEventListener("keydown", (event) => {
  if (event.target.id === "find" && event.key === "Enter") { event.preventDefault(); go(event.shiftKey ? -1 : 1); }
  if (event.target.id === "find" && event.key === "Escape") { event.target.value = ""; search(); }
});
document.addEventListener("click", (event) => {
  const id = event.target.closest?.("button")?.id;
  if (id === "find-on") go(1);
  if (id === "find-back") go(-1);
});
