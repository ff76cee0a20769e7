// Only what this program has answered counts. A proxy's own pages (a login, 413, 502) are nobody's answer, whatever
// their status: nothing of them is shown, and nothing is taken for done.

{
  const OURS = "X-Konspekt";
  const words = document.currentScript.dataset;

  const tell = (text) => {
    const notice = document.getElementById("notice");
    notice.textContent = text;
    notice.hidden = false;
    return text;
  };
  const stranger = (status) => tell(words.stranger.replace("{status}", status));

  const ask = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await ask(...asked);
    if (answer.headers.has(OURS)) return answer;
    throw new TypeError(stranger(answer.status));
  };

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (xhr.getResponseHeader(OURS) || !xhr.status) return;
    event.detail.shouldSwap = false;
    event.detail.isError = false;
    stranger(xhr.status);
  });
  document.addEventListener("htmx:sendError", ({ detail }) => { if (detail.requestConfig.verb !== "get") tell(words.lost); });
}
