// Plays the speech on the page; without JavaScript the browser's own player opens it.

const form = document.getElementById("speak");
const refusal = document.getElementById("speak-refusal");
const player = document.getElementById("player");
const keep = document.getElementById("keep");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  refusal.hidden = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    if ((answer.headers.get("Content-Type") ?? "").startsWith("audio/")) {
      URL.revokeObjectURL(player.src);
      player.src = URL.createObjectURL(await answer.blob());
      keep.href = player.src;
      keep.download = `speech.${form.elements.format.value}`;
      document.getElementById("spoken").hidden = false;
      player.play().catch(() => {}); // a browser may want a click first
    } else {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      refusal.textContent = page.querySelector("#speak-refusal, [data-message]")?.textContent ?? answer.statusText;
      refusal.hidden = false;
    }
  } catch (error) {
    refusal.textContent = error.message;
    refusal.hidden = false;
  }
  button.disabled = false;
});
