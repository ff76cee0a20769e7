// The bars that move with what is heard.

const bars = [...document.getElementById("level").children];
const heights = bars.map(() => 0);

/** Show one packet more by its loudness, root mean square of 0..1. */
export const level = (loudness) => {
  const decibels = 20 * Math.log10(Math.max(loudness, 1e-5)); // -60 dB is an empty bar, -10 dB a full one
  heights.shift();
  heights.push(Math.min(1, Math.max(0, (decibels + 60) / 50)));
  bars.forEach((bar, i) => { bar.style.transform = `scaleY(${0.06 + 0.94 * heights[i]})`; });
};

export const still = () => {
  heights.fill(0);
  level(0);
};
