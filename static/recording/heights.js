// Tells the browser how high the blocks of lines are that it has not laid out yet. Guessed too low, lines would lie over
// those of the next block for whoever asks where they are (screen readers, jumps), and the scroll bar would lie.

import { all, isMissing, list, missing } from "./lines.js";

const SLACK = 1.1; // words are not broken, so rows are not full
const SAMPLE = 2000; // characters that tell how wide one is

/** How high a line's text becomes in pixels, by its length. */
const measure = (text, font) => {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = font.font;
  const sample = list().textContent.replace(/\s+/g, " ").slice(0, SAMPLE);
  const perRow = text.clientWidth / (SLACK * (pen.measureText(sample).width / Math.max(1, sample.length)));
  return (length) => Math.max(1, Math.ceil(length / perRow)) * parseFloat(font.lineHeight);
};

let high = null; // a line of so many characters
let row = 0;

const guessBlock = (block) => {
  let height = 0;
  for (const line of block.children) {
    const extra = line.childElementCount && line.querySelector(".who, .badge") ? 2 : line.childElementCount ? 0.5 : 2; // rows for a name, or of a topic
    height += high(line.textContent.length) + extra * row;
  }
  block.style.containIntrinsicHeight = `auto ${Math.round(height)}px`;
  return height;
};

const guess = () => {
  const text = list()?.querySelector(".line p");
  if (!text?.clientWidth) return;
  const font = getComputedStyle(text);
  high = measure(text, font);
  row = parseFloat(font.lineHeight);
  let height = 0;
  for (const block of list().children) if (!isMissing(block)) height += guessBlock(block);
  for (const place of missing()) place.style.minHeight = `${Math.round((height / all().length) * Number(place.dataset.lines))}px`;
};
document.addEventListener("lines:arrived", ({ detail: blocks }) => { if (high) blocks.forEach(guessBlock); });

let width = 0;
const observer = new ResizeObserver(([{ contentRect }]) => {
  if (Math.abs(contentRect.width - width) < 1) return; // lines that appear make it higher only
  width = contentRect.width;
  guess();
});

/** Guess now, and again when the text becomes narrower or wider. */
export const guessHeights = () => {
  observer.disconnect();
  width = 0;
  if (list()) observer.observe(list());
};
