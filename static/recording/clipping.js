// Chooses lines for a clip: by clicks, a stretch with Shift, or with Enter and Space on the time of a line.

import { finish } from "./editing.js";
import { whole } from "./fetching.js";
import { all, keyOf } from "./lines.js";
import { clock } from "./player.js";

const MOST_S = 600;
const part = (id) => document.getElementById(id);
const chosen = new Set(); // elements
let last = null;

export const clipping = () => document.body.classList.contains("is-clipping");

const show = () => {
  const lines = all().filter((line) => chosen.has(line));
  const seconds = lines.reduce((sum, line) => sum + Number(line.dataset.end) - Number(line.dataset.start), 0);
  const box = part("clip-chosen");
  box.value = !lines.length ? box.dataset.none : seconds > MOST_S ? box.dataset.long
    : box.dataset.some.replace("{lines}", lines.length).replace("{time}", clock(seconds));
  part("clip-make").disabled = !lines.length || seconds > MOST_S;
  part("clip-lines").value = lines.map(keyOf).join(" ");
};

const mark = (line, on) => {
  line.classList.toggle("is-chosen", on);
  if (on) chosen.add(line);
  else chosen.delete(line);
};

const choose = async (line, stretch) => {
  if (stretch && !(await whole())) return;
  const order = all();
  if (stretch && last?.isConnected) {
    const [from, to] = [order.indexOf(last), order.indexOf(line)].sort((a, b) => a - b);
    for (const one of order.slice(from, to + 1)) mark(one, true);
  } else mark(line, !chosen.has(line));
  last = line;
  show();
};

const turn = (on) => {
  finish();
  document.body.classList.toggle("is-clipping", on);
  part("clip").setAttribute("aria-pressed", String(on));
  part("clipping").hidden = !on;
  for (const line of [...chosen]) mark(line, false);
  last = null;
  show();
};

// Before all others: while lines are chosen, a click on one neither plays nor writes.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (button?.id === "clip") turn(!clipping());
  else if (button?.id === "clip-cancel") turn(false);
  const line = event.target.closest?.(".line");
  if (!clipping() || !line) return;
  event.preventDefault();
  event.stopPropagation();
  getSelection().removeAllRanges();
  choose(line, event.shiftKey);
}, true);
document.addEventListener("dblclick", (event) => { if (clipping() && event.target.closest?.(".line")) event.stopPropagation(); }, true);
document.addEventListener("keydown", (event) => {
  if (!clipping()) return;
  if (event.key === "Escape") { turn(false); part("clip").focus(); }
  const at = event.target.closest?.(".line > .at");
  if (event.key !== " " || !at) return;
  event.preventDefault();
  event.stopPropagation();
  choose(at.parentElement, event.shiftKey);
}, true);
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target.id === "clipping" && event.detail.successful) {
    turn(false);
    part("clips")?.scrollIntoView({ block: "nearest" });
  }
});
