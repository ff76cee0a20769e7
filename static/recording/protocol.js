// What a protocol has besides its minutes is asked once: place, chair and secretary are remembered, the number counts on.

const KEPT = "konspekt:protocol";
const REMEMBERED = ["place", "chair", "secretary"];

const read = () => { try { return JSON.parse(localStorage.getItem(KEPT) ?? "{}"); } catch { return {}; } };

/** The number after another: 7 -> 8, 7-К -> 8-К; "" where there is none in it. */
const after = (number = "") => (/\d/.test(number) ? number.replace(/\d+/, (digits) => String(Number(digits) + 1).padStart(digits.length, "0")) : "");

document.addEventListener("toggle", (event) => {
  const form = event.target.id === "protocol" && event.target.open ? event.target.querySelector("form") : null;
  if (!form) return;
  const kept = read();
  for (const name of REMEMBERED) if (!form.elements[name].value) form.elements[name].value = kept[name] ?? "";
  if (!form.elements.number.value) form.elements.number.value = after(kept.number);
}, true);
document.addEventListener("submit", (event) => {
  if (!event.target.matches?.(".protocol-form")) return;
  const kept = Object.fromEntries(["number", ...REMEMBERED].map((name) => [name, event.target.elements[name].value.trim()]));
  try { localStorage.setItem(KEPT, JSON.stringify(kept)); } catch { /* private mode: then it is asked again */ }
});
