// Marks the line and the word that are said, scrolls along, and goes where a word is clicked.

import { hasWords, linesAt, linesOf, wordsAt, wordsOf } from "./fetching.js";
import { isMissing, lineAt, list, rangeOf, textOf } from "./lines.js";
import { media, player, seek } from "./player.js";

const paints = "highlights" in CSS;
const word = paints ? new Highlight() : null;
const unsure = paints ? new Highlight() : null;
if (paints) {
  CSS.highlights.set("said-word", word);
  CSS.highlights.set("unsure-word", unsure);
}

const SETTLED_MS = 60; // after a scroll
const AHEAD_S = 20; // words of what comes next are asked for so long before
let current = null;
let shownWord = "";
let clicked = null; // it stays where it is under the pointer: a second click writes in it

const follow = () => document.getElementById("follow")?.getAttribute("aria-pressed") === "true";
export const setFollow = (on) => document.getElementById("follow")?.setAttribute("aria-pressed", String(on));

/** Bring a line to where it is read, below the player. */
export const bringUp = (line, near = false) => {
  const box = line.getBoundingClientRect();
  const top = player()?.getBoundingClientRect().bottom ?? 0;
  const visible = box.top > top + 24 && box.bottom < innerHeight - innerHeight / 4;
  if (visible) return;
  const smooth = near && Math.abs(box.top) < 2 * innerHeight && !matchMedia("(prefers-reduced-motion: reduce)").matches;
  line.scrollIntoView({ block: "center", behavior: smooth ? "smooth" : "instant" });
};

const mark = (seconds) => {
  const line = lineAt(seconds);
  if (line !== current) {
    current?.classList.remove("is-said");
    current?.removeAttribute("aria-current");
    line?.classList.add("is-said");
    line?.setAttribute("aria-current", "true");
    current = line ?? null;
    if (line && !media().paused) for (const soon of [seconds, seconds + AHEAD_S]) linesAt(soon) ?? wordsAt(Number(lineAt(soon).dataset.start));
    if (line && line !== clicked && follow() && !media().paused && !line.contains(document.activeElement)) bringUp(line, true);
    clicked = null;
  }
  if (!paints) return;
  const ms = seconds * 1000;
  const said = line && wordsOf(line).findLast(([, , start, end]) => start <= ms && ms < end + 400);
  const name = said ? `${line.dataset.key} ${said[0]}` : "";
  if (name === shownWord) return;
  shownWord = name;
  word.clear();
  const range = said && rangeOf(line, said[0], said[1]);
  if (range) word.add(range);
};
document.addEventListener("lines:arranged", () => {
  if (current?.isConnected) current.classList.remove("is-said");
  current = null;
  shownWord = "";
  if (media()) mark(media().currentTime);
});
document.addEventListener("words:arrived", () => {
  for (const block of inSight) if (!isMissing(block)) for (const line of block.children) markUnsure(line, true);
  shownWord = "";
  if (media()) mark(media().currentTime);
});
document.addEventListener("player:moved", (event) => mark(event.detail));
document.addEventListener("player:jumped", async ({ detail: moment }) => {
  const line = lineAt(moment + 0.05);
  if (!line) return;
  bringUp(line);
  if (!isMissing(line)) return;
  await linesAt(moment + 0.05);
  bringUp(lineAt(moment + 0.05));
});

// Whoever scrolls by hand wants to read elsewhere.
for (const kind of ["wheel", "touchmove"]) {
  document.addEventListener(kind, (event) => {
    if (media() && !media().paused && event.target.closest?.(".transcript")) setFollow(false);
  }, { passive: true });
}

/** Where in the text of a line a point is. */
const placeAtPoint = (line, x, y) => {
  const caret = document.caretPositionFromPoint?.(x, y) ?? document.caretRangeFromPoint?.(x, y);
  const node = caret?.offsetNode ?? caret?.startContainer;
  return node && node === textOf(line) ? (caret.offset ?? caret.startOffset) : null;
};

/** The moment at which a place of a line's text is said. */
export const momentOf = (line, place) => {
  const found = wordsOf(line).findLast(([at]) => at <= place);
  if (found) return found[2] / 1000;
  const [start, end] = [Number(line.dataset.start), Number(line.dataset.end)];
  return start + ((end - start) * place) / Math.max(1, textOf(line)?.length ?? 1);
};

document.addEventListener("click", async (event) => {
  const line = event.target.closest?.(".line");
  const writes = document.body.classList.contains("is-correcting") && !event.ctrlKey && !event.metaKey;
  if (!line || !event.target.closest("p") || writes || event.target.isContentEditable || !getSelection().isCollapsed) return;
  const place = placeAtPoint(line, event.clientX, event.clientY);
  if (place === null) return;
  if (!hasWords(line)) await wordsAt(Number(line.dataset.start));
  setFollow(true);
  clicked = line === current ? null : line;
  seek(momentOf(line, place), true);
});

// Doubtful words are marked where they are in sight: a long recording has tens of thousands of words.
const ranges = new WeakMap(); // line -> those of its doubtful words
const inSight = new Set(); // blocks of lines
const sight = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) inSight.add(target);
    else inSight.delete(target);
    if (isMissing(target)) wait();
    else for (const line of target.children) markUnsure(line, isIntersecting);
  }
}, { rootMargin: "50%" });
// Lines come where somebody stays, not wherever a scroll bar was drawn past.
let waiting = 0;
const wait = () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => { for (const place of inSight) if (isMissing(place) && place.isConnected) linesOf(place); }, SETTLED_MS);
};
document.addEventListener("lines:wanted", wait);
document.addEventListener("lines:arrived", ({ detail: blocks }) => { if (paints) for (const block of blocks) sight.observe(block); });
const markUnsure = (line, shown) => {
  for (const range of ranges.get(line) ?? []) unsure.delete(range);
  ranges.delete(line);
  if (!shown || !line.dataset.key) return;
  const marked = wordsOf(line).filter(([, , , , unsure]) => unsure)
    .map(([place, length]) => rangeOf(line, place, length)).filter(Boolean);
  if (marked.length) ranges.set(line, marked);
  for (const range of marked) unsure.add(range);
};

export const watch = () => {
  sight.disconnect();
  unsure?.clear();
  inSight.clear();
  for (const block of list()?.children ?? []) if (paints || isMissing(block)) sight.observe(block);
};
/** Look at lines anew, after their text changed. */
export const watchAgain = (lines) => {
  if (paints) for (const line of lines) markUnsure(line, inSight.has(line.parentElement));
};
