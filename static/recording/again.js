// The button that has the minutes written anew: there once anything is corrected, and asking where a person wrote in them.

import { settled, unsaved } from "./saving.js";

const form = () => document.getElementById("again");
const ask = () => form()?.setAttribute("hx-confirm", form().dataset.own);

document.addEventListener("saved", () => { if (form()) form().hidden = false; });
document.addEventListener("minutes:changed", ask);

// What was typed a moment ago is sent first: the minutes are to be made of it.
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("#again button");
  if (!button || !unsaved()) return;
  event.preventDefault();
  await settled();
  if (!unsaved()) button.click();
}, true);

document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.id === "again" && form().hasAttribute("hx-confirm")) event.detail.parameters.replace = "1";
});
document.addEventListener("htmx:responseError", (event) => { // another page wrote in them meanwhile
  if (event.target.id === "again" && event.detail.xhr.status === 409) ask();
});
