// The drop zone: every file is sent by itself, one after the other, with its own progress, error and cancel.

const form = document.getElementById("upload");
const input = document.getElementById("files");
const list = document.getElementById("uploads");
const words = form.dataset;
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
const language = document.documentElement.lang;

const size = (bytes) => {
  const units = words.units.split(" ");
  let unit = 0;
  while (bytes >= 1000 && unit < units.length - 1) { bytes /= 1000; unit += 1; }
  const digits = unit === 0 || bytes >= 100 ? 0 : 1;
  return `${bytes.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits })}\u00a0${units[unit]}`;
};
const announce = (text) => { document.getElementById("announcer").textContent = text; };

/** One file on its way: the row that shows it, and the request that carries it. */
class Upload {
  constructor(file) {
    this.file = file;
    this.row = document.getElementById("upload-row").content.firstElementChild.cloneNode(true);
    this.part("name").textContent = file.name;
    this.part("size").textContent = size(file.size);
    this.bar = this.row.querySelector("progress");
    this.bar.setAttribute("aria-label", file.name);
    this.part("words").textContent = words.waiting;
    this.part("stop").addEventListener("click", () => this.stop());
    this.part("again").addEventListener("click", () => { this.show("sending"); enqueue(this); });
    list.append(this.row);
  }

  part(name) { return this.row.querySelector(`[data-${name}]`); }

  show(state) {
    for (const element of this.row.querySelectorAll("[data-when]")) element.hidden = element.dataset.when !== state;
    this.row.classList.toggle("is-failed", state === "refused");
    this.part("again").hidden = state !== "refused" || this.hopeless;
    if (state === "refused") this.part("stop").querySelector("span").textContent = this.part("stop").dataset.dismiss;
  }

  refuse(error) {
    this.part("error").textContent = error;
    this.show("refused");
    announce(fill(words.failed, { name: this.file.name, error }));
  }

  /** Return why the file need not be sent at all, or "". */
  trouble() {
    this.hopeless = true;
    if (this.file.size > Number(words.maxBytes)) return words.tooLarge;
    if (this.file.size === 0) return words.empty;
    this.hopeless = false;
    return "";
  }

  stop() {
    this.stopped = true;
    this.request?.abort();
    this.row.remove();
  }

  /** Ask whether there is room, then send; resolves when the server has answered. */
  async send() {
    try {
      const room = await fetch(`${words.room}?bytes=${this.file.size}`, { headers: { Accept: "application/json" } });
      if (this.stopped) return;
      if (!room.ok) { this.refuse((await room.json()).error.message); return; }
      await this.transfer();
    } catch {
      if (!this.stopped) this.refuse(words.connection);
    }
  }

  transfer() {
    const body = new FormData(form); // all that the form says, and one file
    body.set("files", this.file);
    const request = this.request = new XMLHttpRequest();
    request.responseType = "json";
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", document.querySelector('meta[name="csrf-token"]').content);
    this.part("words").textContent = words.sending;
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) this.progress(event.loaded, event.total);
    });
    return new Promise((resolve) => {
      request.addEventListener("loadend", () => { this.answered(request).finally(resolve); });
      request.send(body);
    });
  }

  progress(done, whole) {
    this.bar.value = Math.floor((1000 * done) / whole);
    this.part("percent").textContent = (Math.floor((100 * done) / whole) / 100).toLocaleString(language, { style: "percent" });
    this.part("amount").textContent = fill(words.progress, { done: size(done), whole: size(whole) });
    if (done === whole) this.part("words").textContent = words.checking;
  }

  async answered(request) {
    if (this.stopped) return;
    const answer = request.response;
    const error = answer?.error ?? answer?.errors?.[0];
    if (request.status === 0 || (!answer && request.status >= 400)) this.refuse(words.connection);
    else if (error) {
      this.hopeless = request.status === 422 || request.status === 413;
      this.refuse(error.message);
    } else {
      announce(fill(words.sent, { name: this.file.name }));
      await htmx.ajax("GET", document.getElementById("live").dataset.poll, { source: list, swap: "none" });
      this.row.remove();
    }
  }
}

// --- One transfer at a time: the first recording is being worked on while the next is sent.

const waiting = [];
let sending = false;

const enqueue = async (upload) => {
  waiting.push(upload);
  if (sending) return;
  sending = true;
  for (let next = waiting.shift(); next; next = waiting.shift()) if (!next.stopped) await next.send();
  sending = false;
};

const take = (files) => {
  const most = Number(words.maxFiles);
  for (const file of files.slice(0, most)) {
    const upload = new Upload(file);
    const trouble = upload.trouble();
    if (trouble) upload.refuse(trouble);
    else enqueue(upload);
  }
  if (files.length > most) say(words.tooMany);
};

input.addEventListener("change", () => { take([...input.files]); input.value = ""; });
form.addEventListener("submit", (event) => event.preventDefault());
window.addEventListener("beforeunload", (event) => { if (sending) event.preventDefault(); });

// --- Files may be dropped anywhere on the page.

const target = document.getElementById("drop-target");
const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
let depth = 0;
const over = (by) => { depth = Math.max(0, depth + by); target.classList.toggle("is-over", depth > 0); };
document.addEventListener("dragenter", (event) => { if (carriesFiles(event)) { event.preventDefault(); over(1); } });
document.addEventListener("dragleave", (event) => { if (carriesFiles(event)) over(-1); });
document.addEventListener("dragover", (event) => { if (carriesFiles(event)) event.preventDefault(); });
document.addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  depth = 0;
  over(0);
  const items = [...event.dataTransfer.items].filter((item) => item.kind === "file");
  const folder = items.some((item) => item.webkitGetAsEntry?.()?.isDirectory);
  if (folder) say(words.folder);
  take(items.filter((item) => !item.webkitGetAsEntry?.()?.isDirectory).map((item) => item.getAsFile()));
});
