// The form that has the minutes written anew, all or one section: it asks first where a person wrote in what would be replaced.

import { settled, unsaved } from "./saving.js";

const form = () => document.getElementById("again");
const part = (name) => form().elements.namedItem(name);
const own = () => form().dataset.own.split(" ").filter(Boolean);

const prepare = () => {
  const section = part("section").value;
  if (section ? own().includes(section) : own().length) form().setAttribute("hx-confirm", form().dataset.sure);
  else form().removeAttribute("hx-confirm");
  part("language").disabled = Boolean(section); // it is written in the language of the others
};
const wrote = (sections) => {
  if (!form()) return;
  form().dataset.own = [...new Set([...own(), ...sections])].join(" ");
  prepare();
};

document.addEventListener("change", (event) => { if (event.target.closest?.("#again")) prepare(); });
document.addEventListener("minutes:changed", ({ detail }) => wrote(detail));

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
  if (event.target.id === "again" && event.detail.xhr.status === 409) wrote([...part("section").options].map(({ value }) => value).filter(Boolean));
});
