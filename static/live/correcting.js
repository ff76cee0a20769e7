// Lines that a person corrects while others are being said. What he makes of one is sent at once, and again until it
// has arrived.

const AGAIN_MS = 2000;

export class Correcting {
  /** form: with the address and the token; recording() gives the id of the saved stream, "" while there is none. */
  constructor(form, recording) {
    Object.assign(this, { form, recording });
    this.unsent = new Map(); // by where the line begins
    setInterval(() => this.send(), AGAIN_MS);
  }

  /** Let a row be corrected: its button, or a double click on its text. */
  offer(row, start) {
    const text = row.querySelector("[data-text]");
    const button = row.querySelector("button");
    const begin = () => {
      if (text.isContentEditable || !this.recording()) return;
      this.before = text.textContent;
      text.contentEditable = "plaintext-only";
      if (!text.isContentEditable) text.contentEditable = "true"; // an older Firefox
      text.setAttribute("role", "textbox");
      text.setAttribute("aria-label", button.getAttribute("aria-label"));
      text.focus();
      getSelection().selectAllChildren(text);
      getSelection().collapseToEnd();
    };
    const finish = (keep) => {
      if (!text.isContentEditable) return;
      text.contentEditable = "false";
      text.removeAttribute("role");
      text.removeAttribute("aria-label");
      const after = text.textContent.replace(/\s+/g, " ").trim();
      if (!keep) text.textContent = this.before;
      else if (after !== this.before) this.change(row, text, start, after);
    };
    button.addEventListener("click", begin);
    text.addEventListener("dblclick", begin);
    text.addEventListener("blur", () => finish(true));
    text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      finish(event.key === "Enter");
      button.focus();
    });
  }

  change(row, text, start, after) {
    text.textContent = after;
    row.classList.remove("doubtful");
    row.querySelector(".badge").hidden = true;
    row.classList.toggle("is-deleted", !after);
    this.unsent.set(start, after);
    this.send();
  }

  /** Send what has not arrived; say whether all has. */
  async send() {
    const recording = this.recording();
    for (const [start, text] of [...this.unsent]) {
      const body = new FormData(this.form);
      body.set("start", start);
      body.set("text", text);
      try {
        const answer = await fetch(this.form.dataset.action.replace("RECORDING", recording), { method: "POST", body });
        if (answer.status >= 500) break;
        if (this.unsent.get(start) === text) this.unsent.delete(start);
      } catch {
        break; // the connection is lost; again in a moment
      }
    }
    return this.unsent.size === 0;
  }
}
