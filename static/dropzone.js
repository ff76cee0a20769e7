// The drop zone: files are taken from it and sent one after the other, each with its own progress, error and cancel.

// --- One transfer at a time: the first recording is being worked on while the next is sent.

const waiting = [];
let sending = null; // what is on its way
let batch = []; // what was chosen since nothing was on its way

/** Show how far all files of several are together. */
const showTotal = () => {
  const left = batch.filter((upload) => !upload.stopped);
  const box = document.getElementById("uploads-total");
  box.hidden = left.length < 2 || left.every((upload) => upload.sent);
  const whole = left.reduce((sum, upload) => sum + upload.file.size, 0);
  const done = left.reduce((sum, upload) => sum + (upload.sent ? upload.file.size : upload.done), 0);
  box.querySelector("p").textContent = fill(words.total, { done: left.filter((upload) => upload.sent).length, whole: left.length });
  box.querySelector("progress").value = whole ? Math.floor((1000 * done) / whole) : 0;
};

const enqueue = async (upload) => {
  waiting.push(upload);
  if (!sending) batch = batch.filter((one) => one.row.isConnected && !one.sent);
  if (!batch.includes(upload)) batch.push(upload);
  showTotal();
  if (sending) return;
  for (sending = waiting.shift(); sending; sending = waiting.shift()) if (!sending.stopped) await sending.send();
  sending = null;
  showTotal();
};

// A lost connection that is back is used at once.
window.addEventListener("online", () => {
  const upload = sending?.upload;
  if (upload && !sending.stopped && !sending.sent) upload.abort().then(() => upload.start()).catch(() => {});
});

// What a closed browser has left: the file itself must be chosen again, then only the rest of it is sent.
tus.defaultOptions.urlStorage.findAllUploads().then((left) => {
  const names = left.filter((one) => Date.now() - new Date(one.creationTime) < 6 * 3600 * 1000).map((one) => one.metadata.filename)
    .concat(leftInBucket().map((one) => one.name));
  const box = document.getElementById("cut-off");
  box.hidden = !names.length;
  box.textContent = fill(words.cutOff, { names: [...new Set(names)].join(", ") });
});

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

input.addEventListener("change", () => {
  document.getElementById("cut-off").hidden = true;
  take([...input.files]);
  input.value = "";
});
// Files have gone by then; what is submitted is a link, with what the form says of it.
form.addEventListener("submit", (event) => {
  const link = document.getElementById("link-address");
  if (!event.submitter?.hasAttribute("formaction") || !link.value.trim() || !link.reportValidity()) {
    event.preventDefault();
    link.focus();
  }
});
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
