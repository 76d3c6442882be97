// Keeps the page fresh, sends its forms without leaving it, and helps while typing. Everything works without it, by reloading.
"use strict";

const kept = new Map(); // id -> the HTML the server last sent for it
const near = 80; // pixels from the bottom that count as being there

// -- fresh ----------------------------------------------------------------------------------------------------------

let refreshing = null;
let again = false;

function refresh() {
  if (refreshing) { again = true; return refreshing; }
  refreshing = fetch(location.href, { headers: { "X-Live": "1" } })
    .then((response) => response.text())
    .then((html) => merge(new DOMParser().parseFromString(html, "text/html")))
    .catch(() => {})
    .finally(() => { refreshing = null; if (again) { again = false; refresh(); } });
  return refreshing;
}

function merge(fresh) {
  for (const part of fresh.querySelectorAll("[data-live]")) replace(part);
  for (const list of fresh.querySelectorAll("[data-list]")) mergeList(list);
  prepare();
}

function replace(part) {
  const shown = document.getElementById(part.id);
  if (!shown || kept.get(part.id) === part.innerHTML) return;
  kept.set(part.id, part.innerHTML);
  const typed = values(shown);
  const focused = shown.contains(document.activeElement) ? nameOf(document.activeElement) : null;
  const before = shown.querySelector("[data-modal]");
  shown.replaceChildren(...part.childNodes);
  const after = shown.querySelector("[data-modal]");
  if (!before || (after && before.dataset.modal === after.dataset.modal)) restore(shown, typed);
  if (focused) [...shown.querySelectorAll("input, textarea, select, button, a")].find((each) => nameOf(each) === focused)?.focus();
}

function mergeList(list) {
  const shown = document.getElementById(list.id);
  if (!shown) return;
  const atEnd = shown.scrollHeight - shown.scrollTop - shown.clientHeight < near;
  const wanted = [...list.children];
  const ids = new Set(wanted.map((each) => each.id));
  for (const old of [...shown.children]) if (!ids.has(old.id)) old.remove();
  wanted.forEach((item, position) => {
    const html = item.outerHTML;
    let there = document.getElementById(item.id);
    if (!there || kept.get(item.id) !== html) {
      kept.set(item.id, html);
      const open = there && [...there.querySelectorAll("details")].map((each) => each.open);
      const busy = there && there.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
      if (busy) return;
      const focused = there && there.contains(document.activeElement) ? nameOf(document.activeElement) : null;
      if (there) there.replaceWith(item); else shown.append(item);
      there = item;
      if (open) item.querySelectorAll("details").forEach((each, n) => { each.open = each.open || Boolean(open[n]); });
      if (focused) [...item.querySelectorAll("button, a, summary")].find((each) => nameOf(each) === focused)?.focus();
    }
    if (shown.children[position] !== there) shown.insertBefore(there, shown.children[position] || null);
  });
  if (atEnd) shown.scrollTop = shown.scrollHeight;
}

function nameOf(element) { return element.id || element.name || element.getAttribute("aria-label") || element.textContent.trim(); }

function values(root) {
  return [...root.querySelectorAll("input, textarea, select")].map((each) => [each.name, each.value, each.checked, each.type,
    each.multiple && each.options ? [...each.selectedOptions].map((one) => one.value) : null]);
}

function restore(root, typed) {
  for (const [name, value, checked, type, many] of typed) {
    if (!name.startsWith("field ")) continue;
    for (const each of root.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (type === "radio" || type === "checkbox") { if (each.value === value) each.checked = checked; }
      else if (many) [...each.options].forEach((one) => { one.selected = many.includes(one.value); });
      else if (type !== "file") each.value = value;
    }
  }
}

function prepare() {
  for (const dialog of document.querySelectorAll("dialog[data-modal]")) {
    if (dialog.dataset.shown) continue;
    dialog.dataset.shown = "1";
    dialog.close();
    dialog.showModal();
    dialog.addEventListener("cancel", (event) => { event.preventDefault(); dialog.querySelector("[data-escape]").click(); });
    dialog.querySelector(".content input:not([type=hidden]), .content textarea, .content select")?.focus();
  }
}

// -- forms ----------------------------------------------------------------------------------------------------------

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-send]")) return;
  event.preventDefault();
  if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) return;
  const body = new FormData(form);
  const beside = form.closest("[data-fields]");
  if (beside) for (const each of beside.querySelectorAll("[name^='field ']")) {
    if ((each.type !== "checkbox" && each.type !== "radio") || each.checked)
      for (const value of each.multiple && each.options ? [...each.selectedOptions].map((one) => one.value) : [each.value]) body.append(each.name, value);
  }
  const link = event.submitter && event.submitter.dataset.url;
  if (link && /^(https?|mailto):/i.test(link)) window.open(link, "_blank", "noopener");
  form.closest("details.menu")?.removeAttribute("open");
  const composer = form.matches("[data-composer]") ? form.querySelector("textarea") : null;
  if (composer && !composer.value.trim() && !form.querySelector("input[type=file]").files.length) return;
  await send(form.action, body, () => { if (composer) { form.reset(); shrink(composer); chosen(form); } });
});

async function send(address, body, done) {
  const response = await fetch(address, { method: "POST", body, headers: { "X-Live": "1" } });
  const answer = await response.json().catch(() => ({ trouble: `The playground answered ${response.status}.` }));
  if (answer.trouble) return toast(answer.trouble);
  if (done) done();
  if (answer.go && answer.go !== document.body.dataset.query) location.assign(answer.go);
  else await refresh();
}

function toast(text) {
  const place = document.getElementById("toast");
  place.textContent = text;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => { place.textContent = ""; }, 6000);
}

document.addEventListener("change", (event) => {
  const field = event.target;
  const dispatched = field.closest("[data-dispatch]");
  if (field.matches("[type=file]")) chosen(field.form);
  else if (field.closest("[data-on-change]") && !field.matches("[data-suggest]")) field.form.requestSubmit();
  else if (dispatched) dispatch(dispatched, field);
});

function dispatch(place, field) {
  const body = new FormData();
  const query = new URL(document.body.dataset.query, location.href).searchParams;
  for (const [name, value] of query) body.set(name, value);
  for (const [name, key] of [["view", "view"], ["block_id", "block"], ["action_id", "action"]]) body.set(name, place.dataset[key]);
  body.append("value", field.value);
  send("/do/click", body);
}

document.addEventListener("input", (event) => {
  const field = event.target;
  if (field.matches("[data-suggest]")) suggest(field);
  if (field.matches("[data-composer] textarea")) { grow(field); offer(field); }
});

function suggest(field) {
  clearTimeout(suggest.timer);
  suggest.timer = setTimeout(async () => {
    const query = new URL(document.body.dataset.query, location.href).searchParams;
    for (const [name, key] of [["view", "view"], ["ts", "ts"], ["block_id", "block"], ["action_id", "action"]]) if (field.dataset[key]) query.set(name, field.dataset[key]);
    query.set("value", field.value);
    const options = await (await fetch(`/suggest?${query}`)).json();
    let list = field.list;
    if (!list) { list = document.createElement("datalist"); list.id = `list-${Math.random().toString(36).slice(2)}`; field.after(list); field.setAttribute("list", list.id); }
    list.replaceChildren(...options.map((option) => Object.assign(document.createElement("option"), { value: option.value, label: option.text.text })));
    if (field.closest("[data-on-change]") && options.some((option) => option.value === field.value)) field.form.requestSubmit();
  }, 250);
}

// -- the composer ---------------------------------------------------------------------------------------------------

const offers = JSON.parse(document.getElementById("completions").textContent);

function grow(area) { area.style.height = "auto"; area.style.height = `${Math.min(area.scrollHeight, 220)}px`; }
function shrink(area) { area.style.height = ""; hide(area); }
function chosen(form) { form.querySelector(".chosen").textContent = [...form.querySelector("input[type=file]").files].map((each) => each.name).join(", "); }

function wordAt(area) {
  const before = area.value.slice(0, area.selectionStart);
  const found = before.match(/(^|\s)([@#][\w.-]*)$/) || (before.match(/^(\/[\w-]*)$/) && [null, "", before]);
  return found ? found[2] : "";
}

function offer(area) {
  const word = wordAt(area);
  const list = document.getElementById(area.getAttribute("aria-controls"));
  const fitting = word ? offers[word[0]].filter((each) => each.insert.toLowerCase().startsWith(word.toLowerCase()) || (word[0] === "@" && each.hint.toLowerCase().startsWith(word.slice(1).toLowerCase()))) : [];
  if (!fitting.length || (fitting.length === 1 && fitting[0].insert === word)) return hide(area);
  list.replaceChildren(...fitting.slice(0, 8).map((each, n) => {
    const item = document.createElement("li");
    item.id = `${list.id}-${n}`;
    item.setAttribute("role", "option");
    item.dataset.insert = each.insert;
    const hint = document.createElement("small");
    hint.textContent = each.hint;
    item.append(each.insert, " ", hint);
    item.addEventListener("mousedown", (event) => { event.preventDefault(); take(area, item); });
    return item;
  }));
  list.hidden = false;
  mark(area, 0);
}

function mark(area, position) {
  const list = document.getElementById(area.getAttribute("aria-controls"));
  const items = [...list.children];
  const at = (position + items.length) % items.length;
  items.forEach((each, n) => each.setAttribute("aria-selected", String(n === at)));
  area.setAttribute("aria-activedescendant", items[at].id);
}

function hide(area) {
  const list = document.getElementById(area.getAttribute("aria-controls"));
  list.hidden = true;
  area.removeAttribute("aria-activedescendant");
}

function take(area, item) {
  const word = wordAt(area);
  const start = area.selectionStart - word.length;
  const inserted = `${item.dataset.insert} `;
  area.value = area.value.slice(0, start) + inserted + area.value.slice(area.selectionStart);
  area.selectionStart = area.selectionEnd = start + inserted.length;
  hide(area);
  area.focus();
}

document.addEventListener("keydown", (event) => {
  const area = event.target;
  if (event.key === "Escape") return escape(event);
  if (!(area instanceof HTMLTextAreaElement) || !area.matches("[data-composer] textarea")) return;
  const list = document.getElementById(area.getAttribute("aria-controls"));
  const at = [...list.children].findIndex((each) => each.getAttribute("aria-selected") === "true");
  if (!list.hidden && (event.key === "ArrowDown" || event.key === "ArrowUp")) { event.preventDefault(); mark(area, at + (event.key === "ArrowDown" ? 1 : -1)); }
  else if (!list.hidden && (event.key === "Enter" || event.key === "Tab")) { event.preventDefault(); take(area, list.children[at]); }
  else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); area.form.requestSubmit(); }
});

function escape(event) {
  const area = event.target;
  if (area.matches?.("[data-composer] textarea") && area.hasAttribute("aria-activedescendant")) return hide(area);
  const menu = document.querySelector("details.menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); return; }
  if (document.querySelector("dialog[open]")) return;
  document.querySelector("#thread [data-escape]")?.click();
}

// -- small things ---------------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  const link = event.target.closest("[data-copy]");
  if (link) { event.preventDefault(); navigator.clipboard.writeText(link.href).then(() => toast("Link copied.")); }
});

for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => {
  const form = (event.target.closest("#thread") || document.getElementById("main")).querySelector("[data-composer]");
  if (!form || !event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  if (kind === "drop") { form.querySelector("input[type=file]").files = event.dataTransfer.files; chosen(form); form.querySelector("textarea").focus(); }
});

setInterval(() => {
  for (const each of document.querySelectorAll("[data-rotate]")) {
    const texts = JSON.parse(each.dataset.rotate);
    each.textContent = texts[Math.floor(Date.now() / 2000) % texts.length];
  }
}, 1000);

for (const each of document.querySelectorAll("[data-live]")) kept.set(each.id, each.innerHTML);
for (const list of document.querySelectorAll("[data-list]")) {
  for (const item of list.children) kept.set(item.id, item.outerHTML);
  list.scrollTop = list.scrollHeight;
}
prepare();
if (!document.querySelector("dialog[open]")) (document.getElementById("reply") || document.getElementById("composer"))?.focus();
const live = new EventSource("/live");
for (const kind of ["open", "message"]) live.addEventListener(kind, refresh);
document.addEventListener("toggle", (event) => {
  const sheet = event.target.matches("details.menu[open]") && event.target.querySelector(".sheet");
  const pane = sheet && sheet.closest(".pane");
  if (pane) sheet.classList.toggle("up", sheet.getBoundingClientRect().bottom > pane.getBoundingClientRect().bottom);
}, true);
