// Filters, sorts and searches. Everything can be read without it; it makes no request.
"use strict";

const words = (text) => text.toLowerCase().normalize("NFKD").split(/\s+/).filter(Boolean);

// ---- filters over the lines of a card or the rows of a table
for (const form of document.querySelectorAll("form[data-filter]")) {
  const rows = [...document.querySelectorAll("table[data-lines] tbody tr:not(.section)")].map((row) => ({ row, text: row.textContent.toLowerCase() }));
  const apply = () => {
    const wanted = words(form.querySelector("[type=search]").value);
    const on = (name) => form.elements[name]?.checked;
    let shown = 0;
    for (const { row, text } of rows) {
      const keep = wanted.every((word) => text.includes(word)) && (!on("signal") || row.dataset.signal === "1")
        && (!on("target") || row.dataset.target === "1") && (!on("data") || row.dataset.has === "1");
      row.hidden = !keep;
      shown += keep;
    }
    for (const part of document.querySelectorAll("main section, table[data-lines] tbody")) {
      const own = part.querySelectorAll("tr:not(.section)");
      if (own.length) part.hidden = ![...own].some((row) => !row.hidden);
    }
    if (shown < rows.length) for (const rest of document.querySelectorAll("details.rest")) rest.open = true;
    form.querySelector("output").textContent = shown === rows.length ? "" : `${shown} of ${rows.length} shown`;
  };
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
}

// ---- rows of a table chosen by what they change
for (const form of document.querySelectorAll("form[data-choose]")) {
  const rows = [...document.getElementById(form.dataset.choose).tBodies[0].rows];
  const apply = () => {
    const wanted = [...form.querySelectorAll("select")].filter((select) => select.value !== "");
    for (const row of rows) row.hidden = wanted.some((select) => row.getAttribute(`data-${select.name}`) !== select.value);
  };
  form.hidden = false;
  form.addEventListener("input", apply);
  apply();
}

// ---- tables that sort by a column
const value = (cell) => {
  const text = (cell?.dataset.sort ?? cell?.textContent ?? "").trim();
  const number = Number(text.replace(/[,%£]/g, "").replace("−", "-"));
  return text !== "" && !Number.isNaN(number) ? number : text.toLowerCase();
};
for (const table of document.querySelectorAll("table[data-sort]")) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const down = heading.getAttribute("aria-sort") === "ascending";
      for (const other of headings) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...table.tBodies[0].rows].map((row) => [value(row.cells[index]), row]);
      rows.sort(([a], [b]) => (typeof a === typeof b ? (a < b ? -1 : a > b ? 1 : 0) : typeof a === "number" ? -1 : 1) * (down ? -1 : 1));
      table.tBodies[0].append(...rows.map(([, row]) => row));
    });
  });
}

// ---- search over measures, areas and words
const box = document.getElementById("search");
if (box && globalThis.SEARCH) {
  const list = document.getElementById("results"), count = document.getElementById("found");
  const entries = globalThis.SEARCH.map(([kind, title, about, target]) => ({ kind, title, about, target, head: title.toLowerCase(), text: `${title} ${about}`.toLowerCase() }));
  const search = () => {
    const wanted = words(box.value);
    list.replaceChildren();
    if (!wanted.length) { count.textContent = ""; return; }
    const hits = entries.filter((entry) => wanted.every((word) => entry.text.includes(word)));
    const rank = (entry) => (entry.head.startsWith(wanted[0]) ? 0 : wanted.every((word) => entry.head.includes(word)) ? 1 : 2);
    hits.sort((a, b) => rank(a) - rank(b) || a.title.localeCompare(b.title));
    for (const hit of hits.slice(0, 60)) {
      const item = document.createElement("li"), link = document.createElement("a"), about = document.createElement("p");
      link.href = hit.target; link.textContent = hit.title;
      about.textContent = `${hit.kind}: ${hit.about}`; about.className = "note";
      item.append(link, about);
      list.append(item);
    }
    count.textContent = hits.length === 0 ? "Nothing found. Try fewer or shorter words." : hits.length === 1 ? "1 found" : `${hits.length} found${hits.length > 60 ? ", the first 60 shown" : ""}`;
    history.replaceState(null, "", `#${encodeURIComponent(box.value)}`);
  };
  box.addEventListener("input", search);
  box.form.addEventListener("submit", (event) => event.preventDefault());
  if (location.hash.length > 1) { box.value = decodeURIComponent(location.hash.slice(1)); search(); }
}
