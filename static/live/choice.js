// The choice of what is heard, and what it needs.

import { canShare } from "./sources.js";

const source = document.getElementById("source");

/** What is chosen: "microphone", "both" or "tab". */
export const chosen = () => source.value;

const advise = () => {
  document.getElementById("source-help").hidden = chosen() === "microphone";
  document.getElementById("headphones").hidden = chosen() !== "both";
};

source.addEventListener("change", advise);
if (!canShare()) source.value = "microphone";
document.getElementById("source-choice").hidden = !canShare();
advise();
