// The bar of an import moves by itself; without JavaScript a link reloads the page.
const panel = document.querySelector("[data-import-url]");

async function refresh() {
  try {
    const answer = await fetch(panel.dataset.importUrl, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) return;
    const now = await answer.json();
    if (now.over) {
      location.reload();
      return;
    }
    const bar = panel.querySelector("progress");
    bar.max = Math.max(now.total, 1);
    bar.value = now.done;
    panel.querySelector("[data-done]").textContent = `ligne ${now.done} sur ${now.total}`;
    const state = panel.querySelector("[data-state]");
    // Written only when it changes: a screen reader says it each time.
    if (state.textContent !== now.state_label) state.textContent = now.state_label;
  } catch {
    // The network or the server is away for a moment: look again.
  }
  setTimeout(refresh, 1000);
}

if (panel) refresh();
