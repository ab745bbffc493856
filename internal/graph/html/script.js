"use strict";
(() => {
  const graph = document.getElementById("graph");
  const findings = [...document.querySelectorAll(".finding")];
  const lines = [...graph.querySelectorAll("path[data-from]")];
  const on = (finding) => finding.dataset.places.split(" ").filter(Boolean);

  const clear = () => {
    graph.classList.remove("chosen");
    for (const e of graph.querySelectorAll(".hot, .near")) e.classList.remove("hot", "near");
    for (const f of findings) f.classList.remove("chosen", "other");
  };

  // Lines that go on through a SAAS or an offer belong to the way of a line.
  const pill = (id) => {
    const e = document.getElementById(id);
    return e !== null && (e.classList.contains("saas") || e.classList.contains("offer"));
  };
  const follow = (id, from, to, seen) => {
    for (const l of lines) {
      if (l.dataset[from] !== id || seen.has(l)) continue;
      seen.add(l);
      const end = l.dataset[to];
      if (pill(end)) follow(end, from, to, seen);
    }
  };
  const ways = (id) => {
    const seen = new Set();
    const e = document.getElementById(id);
    if (e !== null && e.dataset.from !== undefined) {
      seen.add(e);
      if (pill(e.dataset.to)) follow(e.dataset.to, "from", "to", seen);
      if (pill(e.dataset.from)) follow(e.dataset.from, "to", "from", seen);
    } else {
      follow(id, "from", "to", seen);
      follow(id, "to", "from", seen);
    }
    return seen;
  };

  const choose = (ids) => {
    clear();
    graph.classList.add("chosen");
    for (const id of ids) {
      const e = document.getElementById(id);
      if (e === null) continue;
      e.classList.add("hot");
      const inside = e.classList.contains("model") ? (e.dataset.nodes || "").split(" ") : [];
      for (const n of inside) document.getElementById(n)?.classList.add("near");
      for (const l of ways(id)) {
        l.classList.add("near");
        for (const end of [l.dataset.from, l.dataset.to]) document.getElementById(end)?.classList.add("near");
      }
    }
  };

  const show = (id) => document.getElementById(id)?.scrollIntoView({ block: "center", inline: "center" });

  const pick = (id) => {
    choose([id]);
    const mine = findings.filter((f) => on(f).includes(id));
    for (const f of findings) f.classList.add(mine.includes(f) ? "chosen" : "other");
    if (mine.length > 0) mine[0].scrollIntoView({ block: "nearest" });
  };

  for (const f of findings) {
    f.querySelector("a[href^='#']")?.addEventListener("click", (event) => {
      event.preventDefault();
      choose(on(f));
      f.classList.add("chosen");
      show(on(f)[0]);
    });
  }
  for (const e of graph.querySelectorAll(".node[id], .model[id], path[data-from]")) {
    e.addEventListener("click", (event) => {
      event.stopPropagation();
      pick(e.id);
    });
    if (!e.classList.contains("node")) continue;
    e.setAttribute("tabindex", "0");
    e.setAttribute("role", "button");
    e.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      pick(e.id);
    });
  }
  graph.addEventListener("click", clear);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") clear();
  });

  const full = graph.viewBox.baseVal;
  const zoom = (scale) => {
    graph.classList.remove("fit");
    graph.setAttribute("width", Math.round(full.width * scale));
    graph.setAttribute("height", Math.round(full.height * scale));
  };
  const pane = document.getElementById("drawing");
  if (full.width > pane.clientWidth) zoom(Math.max(0.7, (pane.clientWidth - 2) / full.width));
  pane.scrollLeft = (pane.scrollWidth - pane.clientWidth) / 2;
  document.getElementById("tools").hidden = false;
  document.getElementById("clear").addEventListener("click", clear);
  for (const b of document.querySelectorAll("[data-zoom]")) {
    b.addEventListener("click", () => {
      const now = graph.getBoundingClientRect().width / full.width;
      const how = b.dataset.zoom;
      if (how === "fit") graph.classList.add("fit");
      else zoom(how === "+" ? now * 1.25 : how === "-" ? now / 1.25 : 1);
    });
  }
})();
