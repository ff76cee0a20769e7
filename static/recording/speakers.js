// Who speaks: renamed in one line or everywhere, so that two who are one become one.

import { apply, finish, written } from "./editing.js";
import { nameOf } from "./drawing.js";
import { all, keyOf, known } from "./lines.js";

const dialog = () => document.getElementById("speaker");
let asked = null;

const names = () => [...new Set(all().map((line) => known.get(keyOf(line))?.speaker).filter(Boolean))];

const ask = (line) => {
  const box = dialog();
  if (!box || !known.has(keyOf(line))) return;
  if (written()) finish();
  asked = keyOf(line);
  const { speaker } = known.get(asked);
  box.querySelector("datalist").replaceChildren(...names().map((name) => Object.assign(document.createElement("option"), { value: nameOf(name) })));
  box.querySelector("#speaker-name").value = speaker ? nameOf(speaker) : "";
  const everywhere = box.querySelector('[value="all"]');
  everywhere.disabled = !speaker;
  box.querySelector(speaker ? '[value="all"]' : '[value="one"]').checked = true;
  everywhere.closest("label").querySelector("b").textContent = speaker ? nameOf(speaker) : "";
  box.returnValue = "no";
  box.showModal();
  box.querySelector("#speaker-name").select();
};

document.addEventListener("click", (event) => {
  const line = event.target.closest?.(".line");
  if (line && (event.target.closest(".who") || event.target.closest("button")?.id === "line-speaker")) ask(line);
});
document.addEventListener("close", (event) => {
  if (event.target !== dialog() || dialog().returnValue !== "yes") return;
  const name = dialog().querySelector("#speaker-name").value.replace(/\s+/g, " ").trim().slice(0, 200) || null;
  const { speaker } = known.get(asked);
  const id = names().find((one) => nameOf(one) === name) ?? name; // a name that is there already is that speaker
  const everywhere = dialog().querySelector('[value="all"]').checked && speaker;
  const lines = {};
  for (const [key, line] of known) if (key === asked || (everywhere && line.speaker === speaker)) lines[key] = { ...line, speaker: id };
  apply(lines);
}, true);
