// All recordings: a filter applies when it is chosen, and what is done to several waits until some are chosen.

const form = document.getElementById("several");
const all = document.getElementById("all");
const boxes = [...document.querySelectorAll(".choose")];

const show = () => {
  const n = boxes.filter((box) => box.checked).length;
  for (const button of form.querySelectorAll("button")) {
    button.disabled = n === 0;
    button.title = n === 0 ? form.dataset.none : "";
  }
  all.checked = n > 0 && n === boxes.length;
  all.indeterminate = n > 0 && n < boxes.length;
};

if (form) {
  all.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; show(); });
  for (const box of boxes) box.addEventListener("change", show);
  addEventListener("pageshow", show); // the browser has brought back what was chosen
  show();
}
for (const filter of document.querySelectorAll(".filters :is(select, input)")) {
  filter.addEventListener("change", () => filter.form.requestSubmit());
}
