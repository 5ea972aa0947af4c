// The bar of a mailing moves by itself; without JavaScript a link reloads the page.
const panel = document.querySelector("[data-progress-url]");
const RUNNING = ["ready", "sending", "scheduled"];

async function refresh() {
  const answer = await fetch(panel.dataset.progressUrl, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const now = await answer.json();
  const done = now.total - now.pending - now.submitting;
  const bar = panel.querySelector("progress");
  bar.max = Math.max(now.total, 1);
  bar.value = done;
  panel.querySelector("[data-state]").textContent = now.state_label;
  panel.querySelector("[data-done]").textContent = `${done} sur ${now.total}`;
  panel.querySelector("[data-note]").textContent = now.note;
  for (const name of ["pending", "submitting", "sent", "failed", "uncertain", "skipped"]) {
    panel.querySelector(`[data-count="${name}"]`).textContent = now[name];
  }
  if (RUNNING.includes(now.state)) setTimeout(refresh, 1000);
}

if (panel) refresh();
