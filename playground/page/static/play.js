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
      const open = there && new Set([...there.querySelectorAll("details[open] > summary")].map(nameOf));
      const busy = there && there.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
      if (busy) return;
      const focused = there && there.contains(document.activeElement) ? nameOf(document.activeElement) : null;
      if (there) there.replaceWith(item); else shown.append(item);
      there = item;
      if (open) for (const each of item.querySelectorAll("details > summary")) if (open.has(nameOf(each))) each.parentElement.open = true;
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
  const composer = form.matches("[data-composer]") ? form.querySelector("textarea") : null;
  if (composer && !composer.value.trim() && !form.querySelector("input[type=file]").files.length) return;
  const body = new FormData(form, event.submitter);
  addFields(body, form.closest("[data-fields]"));
  const link = event.submitter?.dataset.url;
  form.closest("details.menu")?.removeAttribute("open");
  if (form.dataset.confirm && !(await confirmed(JSON.parse(form.dataset.confirm)))) return form.reset();
  if (link && /^(https?|mailto):/i.test(link)) window.open(link, "_blank", "noopener");
  await send(form.action, body, () => { if (composer) { form.reset(); shrink(composer); chosen(form); } });
});

function addFields(body, place) {
  const named = place ? place.querySelectorAll("[name^='field ']") : [];
  const sent = new Set(body.keys());
  for (const each of named) if (!sent.has(each.name)) {
    if (each.type === "file") for (const file of each.files) body.append(each.name, file);
    else if (each.type === "checkbox" || each.type === "radio") { if (each.checked) body.append(each.name, each.value); }
    else body.append(each.name, each.value);
  }
}

// Ask before something is done, as the app wants it; resolves to whether it shall be.
function confirmed({ title, text, confirm, deny, style }) {
  const dialog = document.getElementById("confirm");
  const [no, yes] = dialog.querySelectorAll("[data-answer]");
  dialog.querySelector("h2").textContent = title;
  dialog.querySelector(".content").textContent = text;
  no.textContent = deny;
  yes.textContent = confirm;
  yes.className = style;
  dialog.showModal();
  yes.focus();
  return new Promise((resolve) => {
    const answer = (said) => { dialog.close(); resolve(said); };
    no.onclick = () => answer(false);
    yes.onclick = () => answer(true);
    dialog.oncancel = () => resolve(false);
  });
}

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
  if (field.matches("[type=file]")) chosen(field.form);
  else if (field.closest("[data-on-change]") && !field.matches("[data-suggest]")) field.form.requestSubmit();
  else if (field.closest("[data-told]") && !isTyped(field)) tell(field);
});

function isTyped(field) { return field.matches("textarea, input:not([type=radio], [type=checkbox], [type=date], [type=time], [type=datetime-local], [type=file])"); }

// Tell the app at once what an input holds: the App Home has a form for it, a modal has not.
function tell(field) {
  const place = field.closest("[data-told]");
  if (place.matches("form")) place.requestSubmit();
  else dispatch(place, field);
}

document.addEventListener("keydown", (event) => {
  const place = event.target.closest?.("[data-dispatch][data-told~=on_enter_pressed]");
  if (event.key !== "Enter" || !place || !event.target.matches("input")) return;
  event.preventDefault();
  tell(event.target);
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
  if (field.closest("[data-told~=on_character_entered]")) { clearTimeout(tell.timer); tell.timer = setTimeout(() => tell(field), 400); }
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
    list.replaceChildren(...options.map((option) => Object.assign(document.createElement("option"), { value: option.text.text })));
    if (field.closest("[data-on-change]") && options.some((option) => option.text.text === field.value)) field.form.requestSubmit();
  }, 250);
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); return; }
  if (!document.querySelector("dialog[open]")) document.querySelector("#thread [data-escape], #agent [data-escape]")?.click();
});

// -- small things ---------------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  const link = event.target.closest("[data-copy]");
  if (link) { event.preventDefault(); navigator.clipboard.writeText(link.href).then(() => toast("Link copied.")); }
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
document.querySelector(".new")?.scrollIntoView({ block: "center" });
const live = new EventSource("/live");
for (const kind of ["open", "message"]) live.addEventListener(kind, refresh);
document.addEventListener("toggle", (event) => {
  const sheet = event.target.matches("details.menu[open]") && event.target.querySelector(".sheet");
  const pane = sheet && sheet.closest(".pane, dialog");
  if (!pane) return;
  sheet.classList.remove("above", "rightwards");
  sheet.classList.toggle("above", sheet.getBoundingClientRect().bottom > pane.getBoundingClientRect().bottom);
  sheet.classList.toggle("rightwards", sheet.getBoundingClientRect().left < pane.getBoundingClientRect().left);
  if (!sheet.contains(document.activeElement)) sheet.querySelector("button, a")?.focus();
}, true);
