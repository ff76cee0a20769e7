// The page of a recording: its parts, put together when it opens and again when it was renewed.

import "./finding.js";
import { watch } from "./following.js";
import { arrange, list, load } from "./lines.js";
import { attach, draw, player } from "./player.js";

let shown = null;
const begin = async () => {
  if (!player()) return;
  arrange();
  attach();
  draw();
  watch();
  if (shown === list() && list()?.dataset.loaded) return;
  shown = list();
  await load();
  if (list()) list().dataset.loaded = "1";
  watch();
};
begin();
document.addEventListener("htmx:oobAfterSwap", begin);
new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
