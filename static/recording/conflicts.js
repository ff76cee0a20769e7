// Two changed the same: what others wrote is taken up, and where both changed a line, both are shown until one decides.

import { element, redraw } from "./drawing.js";
import { put, written } from "./editing.js";
import { ask, whole } from "./fetching.js";
import { adopt, isMissing, keyOf, known, lineAt, list, minutes, server } from "./lines.js";
import { show as showMinutes } from "./minutes.js";
import { decide, minutesWait, resume, same, undecided, unsaved } from "./saving.js";

const texts = (minutes) => [...(minutes.summary ?? []).map(({ text }) => text), ...minutes.topics.flatMap(({ title, points }) => [title, ...points.map(({ text }) => text)]),
  ...minutes.decisions.map(({ text }) => text), ...minutes.action_items.map(({ text, who }) => `${who ?? ""} ${text}`.trim())].join(" · ");

const show = () => {
  document.querySelectorAll(".conflict").forEach((box) => box.remove());
  for (const conflict of undecided) {
    const box = document.getElementById("conflict").content.firstElementChild.cloneNode(true);
    const all = conflict.key === "minutes";
    box.querySelector(".mine").textContent = all ? texts(conflict.mine) : conflict.mine?.text ?? "—";
    box.querySelector(".theirs").textContent = all ? texts(conflict.theirs) : conflict.theirs?.text ?? "—";
    box.querySelector(".keep-mine").addEventListener("click", () => {
      box.remove();
      decide(conflict, conflict.mine);
      if (all) showMinutes(conflict.mine);
      else put({ [conflict.key]: conflict.mine });
    });
    box.querySelector(".keep-theirs").addEventListener("click", () => { box.remove(); decide(conflict); });
    const line = all ? null : element(conflict.key);
    if (all) document.getElementById("minutes-body").before(box);
    else if (line) line.querySelector("div").append(box);
    else document.querySelector(".lines").before(box);
  }
};

document.addEventListener("met", ({ detail: mine }) => {
  const changed = [];
  for (const key of new Set([...known.keys(), ...server.keys()])) {
    if (!known.has(key) && isMissing(lineAt(server.get(key).start))) continue; // it comes with its part
    if (mine.has(key) || (written() && keyOf(written()) === key) || same(known.get(key) ?? null, server.get(key) ?? null)) continue;
    if (server.has(key)) known.set(key, server.get(key));
    else known.delete(key);
    changed.push(key);
  }
  redraw(changed);
  if (minutes && !minutesWait() && document.getElementById("minutes-body") && !document.activeElement.closest?.("#minutes-body")) showMinutes(minutes);
  show();
});
document.addEventListener("saved", ({ detail }) => {
  for (const line of detail.lines) if (same(known.get(line.key), line)) known.set(line.key, line);
});
document.addEventListener("changed-elsewhere", async () => {
  if (list()?.dataset.version === undefined) return; // the page of what was heard stays as it is
  const state = await ask();
  const key = written() && keyOf(written());
  const theirs = state?.lines.find((line) => line.key === key);
  // Of a line that is being written in, a person decides when it is sent.
  if (!state || unsaved() || (written() && !same(theirs ?? null, server.get(key) ?? null))) return;
  adopt(state);
  document.dispatchEvent(new CustomEvent("met", { detail: new Set() }));
});

/** Go on with what was not sent when a page was left. */
export const takeUp = async () => {
  if (unsaved()) return;
  const { lines, minutes: left } = resume();
  if (Object.keys(lines).length && await whole()) put(lines);
  if (left) showMinutes(left);
  show();
};
document.addEventListener("time-to-resume", () => { if (list()?.dataset.loaded && document.getElementById("correct")) takeUp(); });
