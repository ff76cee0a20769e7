// The page of a recording: its parts, put together when it opens and again when a stage has renewed it.

import { takeUp } from "./conflicts.js";
import { learnColours } from "./drawing.js";
import "./again.js";
import "./clipping.js";
import "./finding.js";
import "./minutes.js";
import "./protocol.js";
import { watch } from "./following.js";
import { guessHeights } from "./heights.js";
import { forget, load } from "./fetching.js";
import { begin as beginLines, list } from "./lines.js";
import { attach, draw, obeyAddress, player } from "./player.js";
import "./speakers.js";

const results = () => document.getElementById("results");

// What stays in sight below the player needs to know how high it is.
const height = new ResizeObserver(() => {
  const there = player();  // not where the recording was deleted meanwhile
  if (there) document.documentElement.style.setProperty("--player-height", `${there.offsetHeight}px`);
});

const begin = async () => {
  if (list()) {
    forget();
    beginLines();
    learnColours();
    guessHeights();
  }
  if (player()) {
    attach();
    draw();
    height.observe(player());
  }
  if (!list()) return;
  watch();
  await load();
  if (!player()) obeyAddress();
  if (document.getElementById("correct")) await takeUp();
  list().dataset.loaded = "1";
};
begin();

// The stream of events sends everything once more when it is opened again; what a person has open here stays.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const fresh = event.detail.fragment?.querySelector?.("#results") ?? event.detail.fragment;
  if (event.detail.target?.id === "results" && fresh?.dataset?.stamp === results().dataset.stamp) event.detail.shouldSwap = false;
});
document.addEventListener("htmx:oobAfterSwap", (event) => { if (event.detail.target?.id === "results") begin(); });
document.addEventListener("htmx:afterSwap", (event) => { // by polling, where there is no stream
  if (event.detail.target?.id === "main" && !list()?.dataset.loaded) begin();
});
let soon = 0; // lines or their speakers changed, and the waveform has the speakers' colours
document.addEventListener("lines:changed", () => {
  clearTimeout(soon);
  soon = setTimeout(() => { if (player()) draw(); }, 300);
});
new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
