// Runs before the page is painted: the visitor's choice of colours, else that of his system.
(() => {
  const zone = encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone ?? "");
  if (zone) document.cookie = `zone=${zone}; path=/; max-age=31536000; samesite=lax`; // dates are the visitor's
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
  const show = () => {
    document.documentElement.dataset.bsTheme = chosen() ?? (system.matches ? "dark" : "light");
  };
  document.documentElement.classList.add("js");
  show();
  system.addEventListener("change", show);
  // The help closes as menus do.
  const help = () => document.querySelector("#help[open]");
  document.addEventListener("click", (event) => { if (help() && !help().contains(event.target)) help().open = false; });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !help()) return;
    help().querySelector("summary").focus();
    help().open = false;
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("#theme")) return;
    const next = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
    try {
      if (next === (system.matches ? "dark" : "light")) localStorage.removeItem("theme");
      else localStorage.setItem("theme", next);
    } catch { /* private mode: the choice lasts as long as the page */ }
    document.documentElement.dataset.bsTheme = next;
  });
})();
