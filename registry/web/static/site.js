// What a page gains with JavaScript: suggestions while typing, copy buttons, filters open on wide screens.
// Without it every page works as it is.
"use strict";

for (const fold of document.querySelectorAll(".facets-fold")) {
  const wide = matchMedia("(min-width: 52.01rem)");
  const follow = () => { if (wide.matches) fold.open = true; };
  wide.addEventListener("change", follow);
  follow();
}

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  const word = button.firstChild;
  button.addEventListener("click", async () => {
    const done = await navigator.clipboard.writeText(button.parentElement.querySelector("code").textContent).then(() => true, () => false);
    word.data = done ? "Copied" : "Not allowed";
    setTimeout(() => { word.data = "Copy"; }, 1500);
  });
}

const box = document.querySelector("[data-suggest]");
if (box) {
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  box.parentElement.append(list);
  for (const [name, value] of [["role", "combobox"], ["aria-controls", list.id], ["aria-expanded", "false"], ["aria-autocomplete", "list"]]) box.setAttribute(name, value);
  let chosen = -1;
  let asked = "";
  let timer = 0;

  const close = () => { list.hidden = true; chosen = -1; box.setAttribute("aria-expanded", "false"); box.removeAttribute("aria-activedescendant"); };
  const go = (item) => {
    if (item.dataset.slug) location.assign("/modules/" + encodeURIComponent(item.dataset.slug));
    else { box.value = item.dataset.text; box.form.requestSubmit(); }
  };
  const show = (items) => {
    list.replaceChildren(...items.map((each, number) => {
      const item = document.createElement("li");
      item.id = "suggestion-" + number;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.dataset.text = each.text;
      if (each.slug) item.dataset.slug = each.slug;
      const kind = document.createElement("span");
      kind.className = "count";
      kind.textContent = each.kind;
      item.append(each.text, kind);
      item.addEventListener("mousedown", (event) => { event.preventDefault(); go(item); });
      return item;
    }));
    list.hidden = items.length === 0;
    chosen = -1;
    box.setAttribute("aria-expanded", String(!list.hidden));
  };
  const ask = async () => {
    asked = box.value;
    if (asked.trim().length < 2) { close(); return; }
    const answer = await fetch("/api/v1/suggest?q=" + encodeURIComponent(asked)).catch(() => null);
    if (answer && answer.ok && box.value === asked) show((await answer.json()).items);
  };
  box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 120); });
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    const items = [...list.children];
    // Chromium empties a search box on Escape; the first one only closes the list.
    if (event.key === "Escape") { if (!list.hidden) event.preventDefault(); close(); return; }
    if (list.hidden || !["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) return;
    if (event.key === "Enter") { if (chosen >= 0) { event.preventDefault(); go(items[chosen]); } return; }
    event.preventDefault();
    chosen = (chosen + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length;
    items.forEach((item, number) => item.setAttribute("aria-selected", String(number === chosen)));
    box.setAttribute("aria-activedescendant", items[chosen].id);
  });
}
