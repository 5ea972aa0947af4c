// The composer without reloads: posts an action, redraws the board where it stands, and keeps what
// is open, typed and focused elsewhere. Every action is a plain form.
const root = document.querySelector("[data-composer]");
const place = root.querySelector("[data-board]");
const status = root.querySelector("[data-status]");
const newer = root.querySelector("[data-newer]");
let busy = false;

const board = () => place.querySelector(".board");
const version = () => board().dataset.version;

function say(words, isError = false) {
  status.textContent = words;
  status.classList.toggle("is-error", isError);
}

// What a redraw must not lose: fields whose value is not the one they were drawn with.
function remember(spared) {
  const typed = new Map();
  for (const field of place.querySelectorAll("input[id], textarea[id], select[id]")) {
    if (spared && spared.contains(field)) continue;
    const drawn = field.tagName === "SELECT"
      ? [...field.options].find((option) => option.defaultSelected)?.value ?? field.options[0]?.value
      : field.defaultValue;
    if (field.value !== drawn) typed.set(field.id, field.value);
  }
  const panels = new Map();
  for (const body of place.querySelectorAll("details[open] > [data-loaded]")) {
    if (!(spared && spared.contains(body))) panels.set(body.parentElement.id, body);
  }
  const folds = [...place.querySelectorAll("details[id]")].map((fold) => [fold.id, fold.open]);
  return { typed, panels, folds: new Map(folds), focus: document.activeElement?.id, scroll: window.scrollY };
}

function restore({ typed, panels, folds, focus, scroll }) {
  for (const [id, body] of panels) {
    document.getElementById(id)?.querySelector("[data-panel]")?.replaceWith(body);
  }
  for (const [id, value] of typed) {
    const field = document.getElementById(id);
    if (field) field.value = value;
  }
  for (const [id, open] of folds) {
    const fold = document.getElementById(id);
    if (fold) fold.open = open;
  }
  window.scrollTo({ top: scroll, behavior: "instant" });
  return focus && document.getElementById(focus);
}

function redraw(html, { spared, fallback } = {}) {
  const kept = remember(spared);
  place.innerHTML = html;
  const focused = restore(kept);
  const target = focused && !focused.disabled ? focused : nextFocus(kept.focus, fallback);
  target?.focus({ preventScroll: Boolean(focused) });
}

// The actions of a line are fetched when it is opened, and kept with what is typed in them.
async function load(fold) {
  const body = fold.querySelector("[data-panel]");
  if (!fold.open || !body || body.dataset.loaded) return;
  body.dataset.loaded = "yes";
  try {
    const answer = await fetch(body.dataset.panel);
    if (answer.redirected) throw new Error("session");
    body.innerHTML = await answer.text();
  } catch {
    delete body.dataset.loaded;
    body.textContent = "Ces actions n’ont pas pu être lues. Refermez et rouvrez.";
  }
}
root.addEventListener("toggle", (event) => load(event.target), true);

// The button that was pressed may be gone with its line: the nearest thing that makes sense.
function nextFocus(id, fallback) {
  const twins = { monter: "descendre", descendre: "monter" };
  const [kind, ...rest] = (id ?? "").split("-");
  const twin = twins[kind] && document.getElementById([twins[kind], ...rest].join("-"));
  if (twin && !twin.disabled) return twin;
  return fallback?.() ?? null;
}

async function ask(address, options) {
  const answer = await fetch(address, { headers: { Accept: "application/json" }, ...options });
  if (answer.redirected || !(answer.headers.get("Content-Type") ?? "").includes("json")) {
    throw new Error("session");
  }
  return [answer.status, await answer.json()];
}

async function post(data, { spared, fallback } = {}) {
  if (busy) {
    say("Une action est en cours : attendez qu’elle finisse, puis recommencez.");
    return false;
  }
  busy = true;
  place.setAttribute("aria-busy", "true");
  data.set("version", version());
  const slow = window.setTimeout(() => say("En cours…"), 600);
  try {
    const [code, { html, message }] = await ask(board().dataset.act, { method: "POST", body: data });
    redraw(html, { spared: code === 200 ? spared : null, fallback });
    say(message, code !== 200);
    if (code !== 422) newer.hidden = true;
    return code === 200;
  } catch {
    say("L’action n’a pas abouti : le serveur ne répond pas, ou votre session a expiré. Rien n’est perdu, réessayez.", true);
    return false;
  } finally {
    window.clearTimeout(slow);
    place.removeAttribute("aria-busy");
    busy = false;
  }
}

// The next line of the list, so that a keyboard goes on where it was.
function neighbour(form) {
  const row = form.closest(".row");
  if (!row) return () => document.getElementById("annuler");
  const other = row.nextElementSibling ?? row.previousElementSibling;
  const id = other?.id;
  const heading = row.closest("section")?.querySelector("h2, h3")?.id;
  return () => {
    const again = id && document.getElementById(id);
    const control = again?.querySelector("button:not([disabled]), summary");
    if (control) return control;
    const title = heading && document.getElementById(heading);
    if (title) title.tabIndex = -1;
    return title ?? document.getElementById("annuler");
  };
}

root.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.matches("[data-find]")) {
    event.preventDefault();
    await find(form);
    return;
  }
  if (form.method !== "post") return;
  event.preventDefault();
  const data = new FormData(form, event.submitter);
  const isFound = Boolean(form.closest("[data-found]"));
  const done = await post(data, { spared: form, fallback: isFound ? null : neighbour(form) });
  if (done && isFound) await find(root.querySelector("[data-find]"));
});

// « Entrée » in a field presses the button of that field, not the first of the form.
root.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key !== "Enter" || !field.matches?.(".more__body input[type=text]")) return;
  event.preventDefault();
  const near = field.closest("fieldset")?.querySelector("button") ?? field.parentElement.querySelector("button");
  (near ?? field.closest(".more__body").querySelector("button")).click();
});

async function find(form) {
  const address = `${form.action}?${new URLSearchParams(new FormData(form))}`;
  try {
    const answer = await fetch(address);
    if (!answer.ok || answer.redirected) throw new Error("session");
    root.querySelector("[data-found]").innerHTML = await answer.text();
  } catch {
    say("La recherche n’a pas abouti. Réessayez.", true);
  }
}

// Drag and drop, beside the buttons that do the same by keyboard.
let dragged = null;
root.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.(".row[draggable]");
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.id);
  dragged.classList.add("is-dragging");
});
root.addEventListener("dragover", (event) => {
  const list = dragged && event.target.closest?.("[data-list]");
  clearMarks();
  if (!list) return;
  event.preventDefault();
  list.classList.add("is-target");
  rowBelow(list, event.clientY)?.classList.add("is-before");
});
root.addEventListener("dragend", endDrag);
root.addEventListener("drop", (event) => {
  const list = dragged && event.target.closest?.("[data-list]");
  if (!list) return;
  event.preventDefault();
  const rows = [...list.querySelectorAll(".row")].filter((row) => row !== dragged);
  const below = rowBelow(list, event.clientY);
  const data = new FormData(dragged.querySelector("form"));
  data.set("action", dragged.dataset.item ? "deplacer" : "accepter");
  data.set("place", list.dataset.list);
  data.set("box", list.dataset.box);
  data.set("position", below ? rows.indexOf(below) : rows.length);
  const spared = dragged.querySelector("form");
  endDrag();
  post(data, { spared });
});

function rowBelow(list, y) {
  return [...list.querySelectorAll(".row")].find((row) => {
    const box = row.getBoundingClientRect();
    return row !== dragged && y < box.top + box.height / 2;
  });
}

function clearMarks() {
  for (const name of ["is-target", "is-before"]) {
    for (const marked of root.querySelectorAll(`.${name}`)) marked.classList.remove(name);
  }
}

function endDrag() {
  clearMarks();
  dragged?.classList.remove("is-dragging");
  dragged = null;
}

// Who else is here, and whether what is shown is still the latest.
async function look() {
  if (document.hidden || busy) return;
  try {
    const [, state] = await ask(`${root.dataset.stateUrl}?session=${root.dataset.session}`);
    const others = root.querySelector("[data-others]");
    others.hidden = state.others.length === 0;
    root.querySelector("[data-others-names]").textContent = state.others.join(", ");
    if (busy || state.version === version()) return;
    root.querySelector("[data-newer-words]").textContent = `${state.by} a enregistré une autre version de ce numéro.`;
    newer.hidden = false;
  } catch {
    // The next turn will tell; an action says it in words.
  }
}
window.setInterval(look, 10000);

root.querySelector("[data-refresh]").addEventListener("click", async () => {
  const [, { html }] = await ask(root.dataset.boardUrl);
  redraw(html, { fallback: () => document.getElementById("annuler") });
  newer.hidden = true;
  say("Voici la version à jour.");
});
