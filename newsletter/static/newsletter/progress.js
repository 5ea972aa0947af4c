// The bar of a mailing moves by itself and its buttons follow its state; without JavaScript a link
// reloads the page. Only a change of state is said aloud (role=status).
const panel = document.querySelector("[data-progress-url]");
// Milliseconds until the next look; a state that is not here changes only by a person's hand.
const PATIENCE = { preparing: 1000, ready: 1000, sending: 1000, scheduled: 30000, paused: 10000 };
let seen = "";
let patience = 1000;

const part = (name) => panel.querySelector(`[data-${name}]`);

function write(element, html) {
  // Unchanged words stay as they are, so that a fold someone has opened does too.
  if (element.dataset.html === html) return;
  const open = [...element.querySelectorAll("details[open]")].map((fold) => fold.dataset.key);
  const held = element.contains(document.activeElement) && document.activeElement.closest("details");
  const focused = held ? held.dataset.key : null;
  element.innerHTML = html;
  element.dataset.html = html;
  for (const fold of element.querySelectorAll("details")) {
    fold.open = open.includes(fold.dataset.key);
    if (fold.dataset.key === focused) fold.querySelector("summary").focus();
  }
}

function show(now) {
  const bar = panel.querySelector("progress");
  bar.max = Math.max(now.total, 1);
  bar.value = now.done;
  const words = now.counts_words;
  part("done").textContent = `${now.done.toLocaleString("fr-FR")} sur ${words.total}`;
  part("note").textContent = now.note;
  part("note").hidden = now.note === "";
  part("preparing").hidden = now.state !== "preparing";
  part("counted").hidden = now.state === "preparing";
  part("again").hidden = now.state !== "cancelled";
  for (const name of ["pending", "submitting", "sent", "failed", "uncertain", "skipped"]) {
    panel.querySelector(`[data-count="${name}"]`).textContent = words[name];
  }
  write(part("pace"), now.pace);
  write(part("detail"), now.detail);
  for (const action of panel.querySelectorAll("[data-states]")) {
    const { states, needs } = action.dataset;
    action.hidden = !states.split(" ").includes(now.state) || (needs !== "" && !now[needs]);
  }
  if (now.state !== seen) {
    // Written only when it changes: a screen reader says it each time.
    seen = now.state;
    part("state").textContent = now.state_label;
    const departure = part("departure");
    if (departure) departure.hidden = !["scheduled", "paused", "preparing"].includes(now.state);
  }
  patience = Math.max(now.poll_ms, PATIENCE[seen] ?? 0);
}

async function refresh() {
  if (!document.hidden) {
    try {
      const answer = await fetch(panel.dataset.progressUrl, {
        headers: { Accept: "application/json" },
      });
      // Gone (404) or signed out: the page that a link gives says it.
      if (!answer.ok || answer.redirected) return;
      show(await answer.json());
    } catch {
      // The network or the server is away for a moment: look again.
      seen ||= "ready";
    }
  }
  if (!seen || seen in PATIENCE) setTimeout(refresh, patience);
}

if (panel) refresh();
