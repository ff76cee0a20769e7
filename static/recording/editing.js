// Corrects lines in their place: text, split, merge, delete, undo and redo. Every change goes to `saving`.

import { element, redraw } from "./drawing.js";
import { linesOf, whole } from "./fetching.js";
import { momentOf } from "./following.js";
import { all, isMissing, keyOf, known, lineAfter, lineBefore, list, placeOfCaret } from "./lines.js";
import { media, seek } from "./player.js";
import { change, same } from "./saving.js";

const part = (id) => document.getElementById(id);
const past = [];
const future = [];

/** Change lines: key -> line, null to delete. It is drawn, sent, and can be undone. */
export const apply = (lines, remembered = past) => {
  const before = {};
  for (const [key, line] of Object.entries(lines)) {
    const old = known.get(Number(key)) ?? null;
    if (same(old, line)) delete lines[key];
    else before[key] = old;
  }
  if (!Object.keys(lines).length) return false;
  remembered?.push(before);
  if (remembered === past) future.length = 0;
  put(lines);
  change({ lines });
  return true;
};
export const put = (lines) => {
  for (const [name, line] of Object.entries(lines)) {
    const key = Number(name);
    if (line) known.set(key, { ...line, key });
    else known.delete(key);
  }
  redraw(Object.keys(lines).map(Number));
  showHistory();
};
const showHistory = () => {
  if (part("undo")) part("undo").disabled = !past.length;
  if (part("redo")) part("redo").disabled = !future.length;
};
const step = (from, to) => {
  finish();
  const lines = from.pop();
  if (!lines) return;
  apply({ ...lines }, to);
  showHistory();
  const key = Object.keys(lines).map(Number).find((name) => known.has(name));
  element(key)?.scrollIntoView({ block: "nearest" });
};
export const undo = () => step(past, future);
export const redo = () => { finish(); const lines = future.pop(); if (!lines) return; const kept = [...future]; apply({ ...lines }); future.push(...kept); showHistory(); };

// --- One line is written in at a time

let writing = null; // the line
let began = null; // what it was

export const written = () => writing;
export const correcting = () => part("correct")?.getAttribute("aria-pressed") === "true";

/** Write in a line; place: where the caret goes. */
export const begin = (line, place = 0) => {
  if (!line || writing === line || !known.has(keyOf(line))) return;
  finish();
  whole(); // for the lines after it, and steps back
  writing = line;
  began = { ...known.get(keyOf(line)) };
  const text = line.querySelector("p");
  text.contentEditable = "plaintext-only";
  text.setAttribute("role", "textbox");
  text.setAttribute("aria-label", part("line-tools").dataset.label);
  line.querySelector("div").append(part("line-tools"));
  part("line-tools").hidden = false;
  text.focus({ preventScroll: true });
  const node = text.firstChild;
  if (node) getSelection().collapse(node, Math.min(place, node.length));
};

const read = () => writing.querySelector("p").textContent.replace(/\s+/g, " ").trim();

/** Stop writing; what was written becomes one step that can be undone. */
export const finish = (keep = true) => {
  if (!writing) return;
  const line = writing;
  writing = null;
  const text = line.querySelector("p");
  const key = keyOf(line);
  const now = text.textContent.replace(/\s+/g, " ").trim();
  text.removeAttribute("contenteditable");
  text.removeAttribute("role");
  text.removeAttribute("aria-label");
  part("line-tools").hidden = true;
  document.body.append(part("line-tools"));
  known.set(key, began);
  if (!keep || now === began.text) redraw([key]);
  else apply({ [key]: now ? { ...began, text: now, doubtful: false } : null });
  if (!keep && now !== began.text) change({ lines: { [key]: began } }); // what was typed may have been sent
};

const typed = () => {
  const key = keyOf(writing);
  const text = read();
  if (text) change({ lines: { [key]: { ...began, text, doubtful: false } } }); // safe also where the browser dies now
};

const newKey = () => { for (;;) { const key = Math.floor(Math.random() * 2 ** 31); if (!known.has(key)) return key; } };

export const split = () => {
  const line = writing;
  const place = placeOfCaret(line);
  const text = line.querySelector("p").textContent;
  const [head, tail] = [text.slice(0, place).trim(), text.slice(place).trim()];
  if (!head || !tail) return;
  const moment = Math.min(Math.max(momentOf(line, place + text.slice(place).search(/\S/)), began.start), began.end);
  const [key, fresh, was] = [keyOf(line), newKey(), began];
  finish(false);
  apply({ [key]: { ...was, text: head, end: moment, doubtful: false }, [fresh]: { ...was, text: tail, start: moment, doubtful: false } });
  begin(element(fresh), 0);
};

/** Do something with the line before or after the one that is written in, as soon as it is here. */
const withNext = (neighbour, act) => {
  const line = writing;
  const next = neighbour(line);
  if (!isMissing(next)) act(next);
  else linesOf(next).then(() => { if (writing === line && !isMissing(neighbour(line))) act(neighbour(line)); });
};

/** Join a line to the one before it. */
export const merge = (line) => {
  const before = line && lineBefore(line);
  if (!before) return;
  if (writing) finish();
  const [first, second] = [known.get(keyOf(before)), known.get(keyOf(line))];
  if (!first || !second) return;
  apply({ [first.key]: { ...first, text: `${first.text} ${second.text}`, end: Math.max(first.end, second.end), doubtful: false }, [second.key]: null });
  begin(element(first.key), first.text.length + 1);
};

export const remove = (line) => {
  const next = [lineAfter(line), lineBefore(line)].find((one) => one && !isMissing(one));
  finish(false);
  apply({ [keyOf(line)]: null });
  if (correcting()) begin(next);
};

document.addEventListener("keydown", (event) => {
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key.toLowerCase() === "z" && list()?.dataset.loaded && !event.target.closest?.("input, textarea") && (!writing || read() === began.text)) {
    event.preventDefault();
    if (event.shiftKey) redo();
    else undo();
  }
  if (!writing || !writing.contains(event.target) || event.target.nodeName !== "P" || event.isComposing) return;
  const place = placeOfCaret(writing);
  const line = writing;
  const acts = {
    Enter: () => { if (event.shiftKey) split(); else if (command) seek(began.start, true); else withNext(lineAfter, (next) => { finish(); begin(next); }); },
    Escape: () => { finish(false); line.querySelector(".at").focus(); },
    Backspace: place === 0 && getSelection().isCollapsed && (() => withNext(lineBefore, () => merge(line))),
    Delete: place === line.querySelector("p").textContent.length && getSelection().isCollapsed && lineAfter(line) && (() => withNext(lineAfter, (next) => merge(next))),
    ArrowUp: place === 0 && lineBefore(line) && (() => withNext(lineBefore, (next) => begin(next))),
    ArrowDown: place === line.querySelector("p").textContent.length && lineAfter(line) && (() => withNext(lineAfter, (next) => begin(next))),
  };
  if (!acts[event.key]) return;
  event.preventDefault();
  event.stopPropagation();
  acts[event.key]();
}, true);
document.addEventListener("input", (event) => { if (writing?.contains(event.target)) typed(); });
document.addEventListener("focusout", (event) => {
  if (!writing || !writing.contains(event.target)) return;
  const line = writing;
  setTimeout(() => { if (writing === line && !line.contains(document.activeElement) && !document.querySelector("dialog[open]")) finish(); });
});

const open = (event, line) => {
  const caret = document.caretPositionFromPoint?.(event.clientX, event.clientY) ?? document.caretRangeFromPoint?.(event.clientX, event.clientY);
  begin(line, caret?.offset ?? caret?.startOffset ?? 0);
};
document.addEventListener("click", (event) => {
  const line = event.target.closest?.(".line");
  const button = event.target.closest?.("button");
  if (line && event.target.closest("p") && correcting() && !event.ctrlKey && !event.metaKey) open(event, line);
  if (button?.id === "undo") undo();
  if (button?.id === "redo") redo();
  if (button?.id === "correct") {
    button.setAttribute("aria-pressed", String(!correcting()));
    document.body.classList.toggle("is-correcting", correcting());
    if (correcting()) begin(document.querySelector(".line.is-said") ?? all()[0]);
    else finish();
  }
  if (button?.id === "line-play") seek(known.get(keyOf(line)).start, true);
  if (button?.id === "line-merge") withNext(lineBefore, () => merge(line));
  if (button?.id === "line-split") split();
  if (button?.id === "line-delete") remove(line);
});
document.addEventListener("dblclick", (event) => {
  const line = event.target.closest?.(".line");
  if (line && event.target.closest("p") && !correcting() && part("correct")) {
    media()?.pause(); // the first of the two clicks began to play
    open(event, line);
  }
});
