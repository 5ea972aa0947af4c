// The bar of a mailing moves by itself and its buttons follow its state; without JavaScript a link
// reloads the page.
const panel = document.querySelector("[data-progress-url]");
// Milliseconds until the next look; a state that is not here changes only by a person's hand.
const PATIENCE = { ready: 1000, sending: 1000, scheduled: 30000 };
let seen = "";

function show(now) {
  const done = now.total - now.pending - now.submitting;
  const bar = panel.querySelector("progress");
  bar.max = Math.max(now.total, 1);
  bar.value = done;
  panel.querySelector("[data-done]").textContent = `${done} sur ${now.total}`;
  panel.querySelector("[data-note]").textContent = now.note;
  for (const name of ["pending", "submitting", "sent", "failed", "uncertain", "skipped"]) {
    panel.querySelector(`[data-count="${name}"]`).textContent = now[name];
  }
  for (const action of panel.querySelectorAll("[data-states]")) {
    const { states, needs } = action.dataset;
    action.hidden = !states.split(" ").includes(now.state) || (needs !== "" && !now[needs]);
  }
  if (now.state !== seen) {
    // Written only when it changes: a screen reader says it each time.
    seen = now.state;
    panel.querySelector("[data-state]").textContent = now.state_label;
    const departure = panel.querySelector("[data-departure]");
    if (departure) departure.hidden = now.state !== "scheduled" && now.state !== "paused";
  }
}

async function refresh() {
  try {
    const answer = await fetch(panel.dataset.progressUrl, { headers: { Accept: "application/json" } });
    // Cancelled elsewhere (404) or signed out: the page that a link gives says it.
    if (!answer.ok || answer.redirected) return;
    show(await answer.json());
  } catch {
    // The network or the server is away for a moment: look again.
    seen ||= "ready";
  }
  if (seen in PATIENCE) setTimeout(refresh, PATIENCE[seen]);
}

if (panel) refresh();
