// Charts that answer: the figures of a point by mouse, touch or arrow keys, and the chart as a file. What is shown is read from the table
// below the chart; without this script chart and table stand as they are.
"use strict";

for (const figure of document.querySelectorAll("figure[data-chart]")) {
  const table = figure.parentElement.querySelector("table.figures");
  const names = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
  const rows = [...table.tBodies[0].rows].reverse().filter((row) => row.cells[1].textContent !== "–");
  for (const svg of figure.querySelectorAll("svg[data-points]")) follow(svg, rows, names);
}

function follow(svg, rows, names) {
  const points = svg.dataset.points.split(" ").map((pair) => pair.split(",").map(Number));
  const shown = rows.slice(-points.length), holder = svg.parentElement;
  const line = document.createElementNS(svg.namespaceURI, "path"), note = document.createElement("output");
  line.setAttribute("class", "follow");
  note.className = "tip";
  note.hidden = true;
  svg.append(line);
  holder.after(note);
  let at = points.length;
  const show = (index) => {
    at = Math.max(0, Math.min(points.length - 1, index));
    const [x, y] = points[at], cells = [...shown[at].cells];
    line.setAttribute("d", `M${x} 18V${svg.viewBox.baseVal.height - 26}M${x - 7} ${y}a7 7 0 1 0 14 0a7 7 0 1 0-14 0`);
    note.replaceChildren(...cells.flatMap((cell, i) => {
      if (cell.textContent === "–") return [];
      const part = document.createElement("span"), value = document.createElement("b");
      value.textContent = cell.textContent;
      part.append(i ? `${names[i]} ` : "", value);
      return [part, " "];
    }));
    note.hidden = false;
  };
  const hide = () => { note.hidden = true; line.removeAttribute("d"); };
  svg.addEventListener("pointermove", (event) => nearest(event));
  svg.addEventListener("pointerdown", (event) => nearest(event));
  svg.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") hide(); });
  function nearest(event) {
    const box = svg.getBoundingClientRect(), scale = svg.viewBox.baseVal.width / box.width;
    const x = (event.clientX - box.left) * scale, y = (event.clientY - box.top) * scale;
    // months stand side by side; places of a funnel also above each other
    const away = ([px, py]) => Math.abs(px - x) + (svg.classList.contains("funnel") ? Math.abs(py - y) : 0);
    show(points.reduce((best, point, i) => (away(point) < away(points[best]) ? i : best), 0));
  }
  holder.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -points.length, End: points.length }[event.key];
    if (step) { show(at + step); event.preventDefault(); }
    if (event.key === "Escape") hide();
  });
  holder.addEventListener("blur", hide);
}

// ---- the chart as a file
const save = (blob, name) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
};
const picture = (figure) => {
  const drawn = [...figure.querySelectorAll("svg[data-points]")].find((svg) => svg.getBoundingClientRect().width > 0);
  const copy = drawn.cloneNode(true);
  copy.querySelector(".follow")?.remove();
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return { text: new XMLSerializer().serializeToString(copy), width: drawn.viewBox.baseVal.width, height: drawn.viewBox.baseVal.height };
};
for (const figure of document.querySelectorAll("figure[data-chart]")) {
  const section = figure.parentElement, files = section.querySelector(".downloads"), heading = section.querySelector("h3")?.firstChild.textContent ?? "";
  const name = `${document.title} ${heading}`.trim().replace(/[^\w]+/g, "-").toLowerCase();
  const offer = (words, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words;
    button.addEventListener("click", act);
    files.append(" ", button);
  };
  offer("Chart as SVG", () => save(new Blob([picture(figure).text], { type: "image/svg+xml" }), `${name}.svg`));
  offer("Chart as PNG", () => {
    const { text, width, height } = picture(figure), image = new Image(), canvas = document.createElement("canvas");
    canvas.width = 2 * width;
    canvas.height = 2 * height;
    image.onload = () => {
      const context = canvas.getContext("2d");
      context.fillStyle = "white";
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => save(blob, `${name}.png`));
    };
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  });
}
