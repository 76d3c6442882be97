// Helps while writing: offers after @, # and /, files chosen, dropped and pasted, editing what was said last.
"use strict";

document.documentElement.classList.add("has-script");
const offers = JSON.parse(document.getElementById("completions").textContent);
const isComposer = (element) => element instanceof HTMLTextAreaElement && element.matches("[data-composer] textarea");

function grow(area) {
  area.style.height = "auto";
  area.style.height = `${Math.min(area.scrollHeight, 240)}px`;
  area.form.classList.toggle("ready", Boolean(area.value.trim() || area.form.querySelector("input[type=file]").files.length));
}

function shrink(area) { area.style.height = ""; area.form.classList.remove("ready"); hide(area); }

function chosen(form) {
  const input = form.querySelector("input[type=file]");
  const place = form.querySelector(".chosen");
  if (!place) return;
  place.replaceChildren(...[...input.files].map((file) => {
    const chip = document.createElement("span");
    const remove = document.createElement("button");
    remove.type = "button";
    remove.textContent = "✕";
    remove.setAttribute("aria-label", `Remove ${file.name}`);
    remove.addEventListener("click", () => { take([...input.files].filter((each) => each !== file), input); });
    chip.append(file.name, " ", remove);
    return chip;
  }));
  grow(form.querySelector("textarea"));
}

function take(files, input) {
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  input.files = transfer.files;
  chosen(input.form);
}

function attach(form, files) {
  const input = form.querySelector("input[type=file]");
  take([...input.files, ...files], input);
  form.querySelector("textarea").focus();
}

// -- offers ---------------------------------------------------------------------------------------------------------

function listOf(area) { return document.getElementById(area.getAttribute("aria-controls")); }

function wordAt(area) {
  const before = area.value.slice(0, area.selectionStart);
  const found = before.match(/(^|\s)([@#][\w.-]*)$/) || (area.id === "composer" && before.match(/^(\/[\w-]*)$/) && [null, "", before]);
  return found ? found[2] : "";
}

function fits(each, word) {
  const typed = word.slice(1).toLowerCase();
  return each.insert.slice(1).toLowerCase().startsWith(typed) || (word[0] === "@" && each.hint.toLowerCase().split(/\s+/).some((part) => part.startsWith(typed)));
}

function offer(area) {
  const word = wordAt(area);
  const list = listOf(area);
  const fitting = word ? offers[word[0]].filter((each) => fits(each, word)) : [];
  if (!fitting.length || (fitting.length === 1 && fitting[0].insert === word)) return hide(area);
  list.replaceChildren(...fitting.slice(0, 10).map((each, n) => {
    const item = document.createElement("li");
    item.id = `${list.id}-${n}`;
    item.setAttribute("role", "option");
    item.dataset.insert = each.insert;
    item.append(Object.assign(document.createElement("b"), { textContent: each.insert }), Object.assign(document.createElement("small"), { textContent: each.hint }));
    item.addEventListener("mousedown", (event) => { event.preventDefault(); accept(area, item); });
    return item;
  }));
  list.hidden = false;
  mark(area, 0);
}

function mark(area, position) {
  const items = [...listOf(area).children];
  const at = (position + items.length) % items.length;
  items.forEach((each, n) => each.setAttribute("aria-selected", String(n === at)));
  items[at].scrollIntoView({ block: "nearest" });
  area.setAttribute("aria-activedescendant", items[at].id);
}

function hide(area) { listOf(area).hidden = true; area.removeAttribute("aria-activedescendant"); }

function accept(area, item) {
  const word = wordAt(area);
  area.setRangeText(`${item.dataset.insert} `, area.selectionStart - word.length, area.selectionStart, "end");
  hide(area);
  area.focus();
  grow(area);
}

document.addEventListener("input", (event) => { if (isComposer(event.target)) { grow(event.target); offer(event.target); } });

document.addEventListener("keydown", (event) => {
  const area = event.target;
  if (!isComposer(area)) return;
  const list = listOf(area);
  const at = [...list.children].findIndex((each) => each.getAttribute("aria-selected") === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!list.hidden && event.key === "Escape") { event.stopImmediatePropagation(); hide(area); }
  else if (!list.hidden && step) { event.preventDefault(); mark(area, at + step); }
  else if (!list.hidden && (event.key === "Enter" || event.key === "Tab")) { event.preventDefault(); accept(area, list.children[at]); }
  else if (event.key === "ArrowUp" && !area.value) editLast(area, event);
  else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); area.form.requestSubmit(); }
});

function editLast(area, event) {
  const forms = area.closest("main, aside").querySelectorAll(".log details.edit");
  const last = forms[forms.length - 1];
  if (!last) return;
  event.preventDefault();
  last.closest("details.menu").open = true;
  last.open = true;
  last.querySelector("textarea").focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert][type=button]");
  if (!button) return;
  const area = button.form.querySelector("textarea");
  area.focus();
  if (button.dataset.insert === "/") area.value = "/";
  else area.setRangeText(/(^|\s)$/.test(area.value.slice(0, area.selectionStart)) ? "@" : " @", area.selectionStart, area.selectionEnd, "end");
  grow(area);
  offer(area);
});

// -- files that are dropped and pasted --------------------------------------------------------------------------------

function placeOf(event) { return event.target.closest?.("#thread") || document.getElementById("main"); }
function unmark() { document.querySelectorAll(".dropping").forEach((each) => each.classList.remove("dropping")); }

for (const kind of ["dragover", "drop", "dragleave"]) document.addEventListener(kind, (event) => {
  const place = placeOf(event);
  const form = place.querySelector("[data-composer]");
  if (!form || !event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  if (kind === "dragover") { if (!place.classList.contains("dropping")) { unmark(); place.classList.add("dropping"); } return; }
  if (kind === "drop" || !event.relatedTarget) unmark();
  if (kind === "drop") attach(form, event.dataTransfer.files);
});

document.addEventListener("paste", (event) => {
  if (!isComposer(event.target) || !event.clipboardData.files.length) return;
  event.preventDefault();
  attach(event.target.form, event.clipboardData.files);
});
