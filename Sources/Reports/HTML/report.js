"use strict";
(() => {
  const D = JSON.parse(document.getElementById("data").textContent);
  const $ = (id) => document.getElementById(id);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const one = (root, selector) => root.querySelector(selector);
  const svg = one(document, "#diagram svg"), tip = $("tip"), pane = $("diagram"), panel = $("details");
  const STEPS = ["unharmed", "medium", "high", "critical", "dark", "notKnown"];
  const LINES = { f: "", b: "banned", s: "starved", v: "surviving" };
  const RANKS = ["info", "low", "medium", "high", "critical"];
  const FILTERS = { c: "filter-country", t: "filter-stage", m: "filter-material", x: "filter-severity", q: "search" };
  const blocs = Object.fromEntries(D.blocs), count = D.ids.length, isSite = (e) => e < D.siteCount, L = D.links;
  const hint = panel.firstChild;

  // What the reader has chosen.
  const state = { s: D.opening, b: false, n: -1, g: -1, v: "network", c: "", t: "", m: "", x: "", q: "" };
  const steps = new Set(), severities = new Set();
  let hovered = -1, zoom = 1, drag = null, dragged = false;

  document.documentElement.classList.add("js");

  // An element: name and classes, attributes if any, and what it holds; texts stay texts.
  function h(name, ...parts) {
    const [tag, ...classes] = name.split("."), node = document.createElement(tag);
    if (classes.length) node.className = classes.join(" ");
    if (parts[0] && parts[0].constructor === Object) for (const [key, value] of Object.entries(parts.shift())) node.setAttribute(key, value);
    node.append(...parts.filter((part) => part || part === 0));
    return node;
  }

  const set = (node, name, isOn) => node.classList.toggle(name, isOn);
  const on = (node, event, act, options) => node.addEventListener(event, act, options);
  const put = (node, ...parts) => node.replaceChildren(...parts.filter((part) => part));
  const plural = (n, one, many) => n + " " + (n === 1 ? one : many || one + "s");
  const scenario = () => D.scenarios[state.b ? 0 : state.s];
  const isCalm = () => scenario().kind === "base";
  const keyOf = (e) => (isSite(e) ? "" : "p:") + D.ids[e];
  const stageOf = (e) => (D.stages[e] < 0 ? "no stage" : isSite(e) ? D.stageNames[D.stages[e]] : "product");
  const link = (e) => h("a", { href: D.boxOf[e] < 0 ? "#details" : "#d-box-" + D.boxOf[e], "data-e": e }, D.names[e]);
  const small = (text) => h("span.small", text);

  function percent(part) {
    if (part < 0) return "n/a";
    if (part === 0) return "0 %";
    return (part < 5 ? "<1" : part < 1000 && part >= 995 ? ">99" : Math.round(part / 10)) + " %";
  }

  const stepOf = (part) => (part < 0 ? 5 : part >= 1000 ? 4 : part >= 600 ? 3 : part >= 350 ? 2 : part >= 100 ? 1 : 0);

  // What hangs on what

  function edgesAt(nodes, size) {
    const lists = Array.from({ length: size }, () => []);
    nodes.forEach((node, edge) => lists[node].push(edge));
    return lists;
  }

  const flowFrom = D.flows.map((flow) => flow[0]), flowTo = D.flows.map((flow) => flow[1]);
  const flowsOut = edgesAt(flowFrom, D.boxes.length), flowsIn = edgesAt(flowTo, D.boxes.length);
  const linksOut = edgesAt(L.from, count), linksIn = edgesAt(L.to, count);

  function reach(start, edges, ends) {
    const nodes = new Set([start]), passed = new Set();
    for (const node of nodes) for (const edge of edges[node]) { passed.add(edge); nodes.add(ends[edge]); }
    return { nodes, passed };
  }

  // The picture

  const boxes = D.boxes.map((members, i) => {
    const node = $("d-box-" + i), place = one(node, ".outline").getBBox();
    return { node, members, x: place.x, y: place.y };
  });
  const lines = D.lines.map((_, i) => $("d-line-" + i)), bends = D.bends.map(([point]) => $("d-bend-" + point));

  function boxWords(i) {
    const S = scenario(), { members } = boxes[i], first = members[0], places = new Set(members.map((e) => D.places[e]));
    const words = members.length === 1 ? [D.names[first]] : [plural(members.length, isSite(first) ? "site" : "product")];
    words.push(places.size === 1 ? D.places[first] : "several countries");
    const shares = members.filter((e) => isSite(e) && D.shares[e] >= 0).map((e) => D.shares[e]);
    if (shares.length) words.push(percent(shares.reduce((a, b) => a + b)) + " of " + stageOf(first));
    if (!isCalm() && S.boxLoss[i] >= 0) words.push("loses " + (S.boxLoss[i] > 5 ? percent(S.boxLoss[i]) : "nothing"));
    if (S.boxPoints[i]) words.push("single point of failure of " + plural(S.boxPoints[i], "product"));
    return words;
  }

  const findingsAt = (members) => [...D.findings.keys()].filter((i) => ["", scenario().id].includes(D.findings[i][2]) && D.findings[i][3].some((e) => members.includes(e)));

  function paint() {
    const S = scenario();
    set(document.body, "calm", isCalm());
    boxes.forEach(({ node, members }, i) => {
      STEPS.forEach((step, n) => set(node, "step-" + step, n === +S.steps[i]));
      set(node, "single-point", S.boxPoints[i] > 0);
      const loss = isCalm() ? 0 : S.boxLoss[i], found = findingsAt(members);
      one(node, ".note").textContent = loss > 5 ? "−" + (loss < 1000 ? Math.min(99, Math.round(loss / 10)) : 100) + " %" : "";
      one(node, ".mark").setAttribute("class", found.length ? "mark has-" + D.findings[found[0]][0] : "mark");
      one(node, ".mark text").textContent = Math.min(99, found.length);
      node.setAttribute("aria-label", boxWords(i).join(", "));
    });
    const dress = (node, kind) => ["banned", "starved", "surviving"].forEach((name) => node && set(node, name, name === kind));
    lines.forEach((line, i) => dress(line, LINES[S.lines[i]]));
    bends.forEach((bend, i) => {
      const kinds = new Set(D.bends[i].slice(1).map((line) => LINES[S.lines[line]]));
      dress(bend, kinds.size === 1 ? [...kinds][0] : "");
    });
    $("scenario-title").textContent = S.title;
    $("headline").textContent = S.headline;
    $("about").textContent = S.about;
    S.cards.forEach(([value, label, isSevere], i) => {
      set($("card-" + i), "severe", isSevere === 1);
      put($("card-" + i), h("strong", value), h("span", label));
    });
    for (const tile of all(".tile")) set(tile, "banning", tile.dataset.country === S.kind);
    for (const node of all("[data-s]")) set(node, "shown", node.open = D.scenarios[node.dataset.s] === S);
  }

  function light() {
    const box = hovered >= 0 ? hovered : state.g, isOn = box >= 0;
    const up = isOn ? reach(box, flowsIn, flowFrom) : null, down = isOn ? reach(box, flowsOut, flowTo) : null;
    set(svg, "way", isOn);
    boxes.forEach(({ node }, i) => {
      set(node, "on", isOn && (up.nodes.has(i) || down.nodes.has(i)));
      set(node, "pinned", i === state.g);
      node.setAttribute("aria-pressed", i === state.g);
    });
    const lit = D.lines.map((flows) => isOn && flows.some((flow) => up.passed.has(flow) || down.passed.has(flow)));
    lines.forEach((line, i) => line && line.classList.toggle("on", lit[i]));
    bends.forEach((bend, i) => bend && set(bend, "on", D.bends[i].slice(1).some((line) => lit[line])));
  }

  // Tables

  function fillRows() {
    const S = scenario(), points = new Array(count).fill(0);
    for (const [, stopped] of S.points) for (const e of stopped) points[e] += 1;
    for (const row of all("#products tbody tr, #sites tbody tr")) {
      const e = +row.dataset.e, cell = one(row, ".loss"), fill = (name, text) => { one(row, name).textContent = text; };
      cell.className = "number loss step-" + STEPS[stepOf(S.loss[e])];
      cell.dataset.v = S.loss[e];
      if (isSite(e)) {
        if (S.state[e] !== "9") cell.textContent = percent(S.loss[e]);
        continue;
      }
      const [told, range, least] = S.range[e - D.siteCount];
      cell.textContent = told || "n/a";
      fill(".state", { 0: "unharmed", 1: "loses", 2: "may stop", 3: "stops", 9: "not made today" }[S.state[e]]);
      fill(".range", range || "");
      fill(".least", least || "");
      fill(".cause", S.causes[e] < 0 ? "" : S.causeNames[S.causes[e]]);
      fill(".points", points[e]);
      one(row, ".points").dataset.v = points[e];
    }
    put(one(document, "#points tbody"), ...S.points.slice(0, 60).map(([element, stopped]) => {
      const [level, name, site] = D.elements[element], names = stopped.slice(0, 6).map((e) => D.names[e]);
      if (stopped.length > 6) names.push("and " + (stopped.length - 6) + " more");
      return h("tr", h("td", level), h("th", { scope: "row" }, site < 0 ? name : link(site)), h("td.number", { "data-v": stopped.length }, stopped.length), h("td", names.join(" · ")));
    }));
    set($("no-points"), "gone", S.points.length > 0);
    for (const table of all("#products table, #sites table, #points table")) {
      const heads = [...table.tHead.rows[0].cells], chosen = heads.findIndex((head) => head.ariaSort);
      const column = chosen < 0 ? heads.findIndex((head) => /^(Loses|Products)$/.test(head.textContent)) : chosen;
      sort(table, column, chosen < 0 || heads[column].ariaSort === "descending");
    }
  }

  function sort(table, column, isDown) {
    const rows = [...table.tBodies[0].rows].map((row, i) => {
      const { dataset, textContent } = row.cells[column];
      return { row, i, value: dataset.v === undefined ? textContent.trim() : Number(dataset.v) };
    });
    rows.sort((a, b) => {
      const order = typeof a.value === "number" ? a.value - b.value : a.value.localeCompare(b.value, "en");
      return (isDown ? -order : order) || a.i - b.i;
    });
    table.tBodies[0].append(...rows.map(({ row }) => row));
    [...table.tHead.rows[0].cells].forEach((head, i) => {
      head.ariaSort = i === column ? (isDown ? "descending" : "ascending") : null;
    });
  }

  // Filters

  const hay = D.names.map((name, e) => [name, D.ids[e], D.places[e], stageOf(e), D.operators[e], ...D.materials[e].map((m) => D.materialNames[m])].join(" ").toLowerCase());
  const hasWords = (text) => state.q.toLowerCase().split(/\s+/).every((word) => text.includes(word));
  const isIn = (code) => !state.c || code === state.c || blocs[state.c]?.includes(code);
  const isPlaced = (e) => isIn(D.countries[e]) && (!state.t || D.stages[e] === +state.t) && (!state.m || D.materials[e].includes(+state.m));

  function isWanted(e) {
    const step = isCalm() ? Number(scenario().steps[D.boxOf[e]] || 5) : stepOf(scenario().loss[e]);
    return isPlaced(e) && hasWords(hay[e]) && (!state.x || (step < 5 && step >= +state.x));
  }

  function filter() {
    const S = scenario(), wanted = D.ids.map((_, e) => isWanted(e)), only = $("only-scenario") || {};
    boxes.forEach(({ node, members }, i) => set(node, "dim", !(members.some((e) => wanted[e]) && (!steps.size || steps.has(S.steps[i])))));
    for (const row of all("#products tbody tr, #sites tbody tr, #losses tbody tr")) set(row, "off", !wanted[row.dataset.e]);
    for (const row of all("#stages tbody tr")) set(row, "off", state.t !== "" && row.dataset.stage !== state.t);
    for (const item of all("#findings li[data-severity]")) {
      const { severity, scenario: id, entities } = item.dataset, at = entities.split(" ").filter(Boolean).map(Number);
      const fits = (at.length ? at.some(isPlaced) : !(state.c + state.t + state.m)) && (hasWords(item.textContent.toLowerCase()) || at.some((e) => hasWords(hay[e])));
      set(item, "off", !fits || (severities.size > 0 && !severities.has(severity)) || RANKS.indexOf(severity) < Math.min(4, +state.x + 1) * !!state.x || (only.checked && id !== "" && id !== S.id));
    }
    for (const button of all(".legend button")) {
      button.ariaPressed = steps.has(button.dataset.step);
      one(button, "b").textContent = [...S.steps].filter((step) => step === button.dataset.step).length;
    }
    for (const chip of all(".chip")) chip.ariaPressed = severities.has(chip.dataset.severity);
    for (const mark of all(".band, .tile")) set(mark, "dim", !isIn(mark.dataset.country));
  }

  // Details

  function linkRows(links, ends) {
    const S = scenario(), sorted = links.sort((a, b) => L.share[b] - L.share[a]);
    return h("ul", ...sorted.slice(0, 14).map((i) => {
      const e = ends[i], isSeller = ends === L.from, loss = S.loss[e];
      const words = ["", "partly stopped", "stopped"][S.stopped[i]] || (isSeller && loss > 5 ? "loses " + percent(loss) : "");
      const what = isSeller || L.what[i] < 0 ? "" : ", " + D.materialNames[L.what[i]];
      return h("li", h("span.n", percent(L.share[i])), h("span", link(e), " ", small(D.places[e] + what), " ", h("span.stopped", words)));
    }), sorted.length > 14 && h("li.small", "and " + (sorted.length - 14) + " more"));
  }

  function factRows(e) {
    return h("dl", ...D.facts[e].flatMap(([label, text, source, year, confidence, note]) => {
      const origin = [confidence, D.sources[source], year].filter(Boolean).join(", ");
      return [h("dt", label), h("dd", text, origin && h("div.small", source < 0 ? origin : h("a", { href: "#source-" + source }, origin)), note && h("div.small", note))];
    }));
  }

  function columnsOf(e) {
    const S = scenario(), happens = [];
    const [told, range] = S.range[e - D.siteCount] || [percent(S.loss[e])];
    if (S.state[e] === "9") happens.push(isSite(e) ? "It does not run today." : "It cannot be made today: no way to it is complete.");
    else if (isCalm()) happens.push("Nothing happens in the baseline.");
    else {
      happens.push(["", "", "May stop. ", "Stops. "][S.state[e]] + "Loses " + told + (range ? "; it can be from " + range.replace("–", "to") : "") + ".");
      if (S.causes[e] >= 0) happens.push("Most through: " + S.causeNames[S.causes[e]]);
    }
    const content = happens.map((words) => h("p", words));
    if (!isSite(e)) content.push(h("ol.small", ...S.why[e - D.siteCount].map((n) => h("li", D.sentences[n]))));
    const point = S.points.find(([element]) => D.elements[element][2] === e);
    if (point) content.push(h("p.stopped", "Single point of failure: without it " + plural(point[1].length, "product stops", "products stop") + "."));
    const up = reach(e, linksIn, L.from).nodes, down = [...reach(e, linksOut, L.to).nodes], needs = [];
    for (const what of new Set(linksIn[e].map((i) => L.what[i]))) {
      needs.push(h("p.small", what < 0 ? "What it is brought" : D.materialNames[what]), linkRows(linksIn[e].filter((i) => L.what[i] === what), L.from));
    }
    const column = (heading, ...parts) => h("div", h("h3", heading), ...parts);
    const sites = down.filter(isSite).length - 1;
    return h("div.cols", column(isCalm() ? "Today" : "In this scenario", ...content),
      column("What it depends on", h("p", needs.length ? plural(up.size - 1, "site") + " behind it in all." : "Nothing in the network."), ...needs),
      isSite(e) && column("What depends on it", h("p", down.length > 1 ? plural(sites, "site") + " and " + plural(down.length - 1 - sites, "product") + " in all; parts are of the buyer’s need." : "Nothing in the network."), linkRows([...linksOut[e]], L.to)),
      column("What is known", factRows(e)));
  }

  function fillDetails() {
    const S = scenario(), members = state.n >= 0 ? [state.n] : state.g >= 0 ? boxes[state.g].members : [], e = members[0];
    set(panel, "filled", members.length > 0);
    for (const row of all("tbody tr[data-e]")) set(row, "pinned", members.includes(+row.dataset.e));
    for (const item of all("#findings li[data-entities]")) set(item, "pinned", item.dataset.entities.split(" ").some((n) => n && members.includes(+n)));
    if (!members.length) { put(panel, hint); return; }
    const found = findingsAt(members), release = h("button.close", { type: "button", "data-act": "release" }, "Release (Esc)");
    const findings = found.length > 0 && h("div", h("h3", "What rules found"), h("ul", ...found.slice(0, 8).map((i) => h("li", h("b.severity.severity-" + D.findings[i][0], D.findings[i][0]), h("a", { href: "#finding-" + i }, D.findings[i][1])))));
    if (state.n >= 0) {
      const isGroup = state.g >= 0 && boxes[state.g].members.length > 1;
      const words = [D.places[e], stageOf(e), isSite(e) && D.shares[e] >= 0 && percent(D.shares[e]) + " of its stage"].filter(Boolean).join(" · ");
      put(panel, release, h("h2", D.names[e]), h("p.small", words), isGroup && h("button", { type: "button", "data-act": "group" }, "All of its box"), columnsOf(e), findings);
    } else {
      const rows = [...members].sort((a, b) => S.loss[b] - S.loss[a]).map((m) => h("li", h("span.n", S.state[m] === "9" ? "–" : percent(S.loss[m])), h("span", link(m), " ", small(D.places[m]))));
      put(panel, release, h("h2", boxWords(state.g).slice(0, 2).join(", ")), h("p.small", "What each of them loses; choose one for more."), h("ul.cols", ...rows), findings);
    }
  }

  // The address

  function write() {
    const parts = new URLSearchParams();
    if (state.s !== D.opening) parts.set("s", D.scenarios[state.s].id);
    if (state.b) parts.set("b", "1");
    if (state.n >= 0) parts.set("n", keyOf(state.n));
    else if (state.g >= 0) parts.set("g", keyOf(boxes[state.g].members[0]));
    if (state.v !== "network") parts.set("v", state.v);
    for (const key in FILTERS) if (state[key]) parts.set(key, state[key]);
    if ("#" + parts !== (location.hash || "#")) history.replaceState(null, "", "#" + parts);
  }

  function read() {
    const parts = new URLSearchParams(location.hash.slice(1)), entity = (key) => D.ids.findIndex((_, e) => keyOf(e) === parts.get(key));
    const s = D.scenarios.findIndex((S) => S.id === parts.get("s"));
    state.s = s < 0 ? D.opening : s;
    state.b = parts.get("b") === "1";
    state.n = entity("n");
    const e = state.n < 0 ? entity("g") : state.n;
    state.g = e < 0 ? -1 : D.boxOf[e];
    for (const key in FILTERS) {
      const node = $(FILTERS[key]), value = (parts.get(key) || "").slice(0, 100);
      state[key] = !node.options || [...node.options].some((option) => option.value === value) ? value : "";
      node.value = state[key];
    }
    show($("view-" + parts.get("v")) ? parts.get("v") : "network");
    refresh(true);
  }

  function show(view) {
    state.v = view;
    for (const figure of all(".view")) figure.hidden = figure.id !== "view-" + view;
    for (const button of all("[data-view]")) button.ariaPressed = button.dataset.view === view;
  }

  function refresh(isScenario) {
    if (isScenario) {
      $("scenario").value = D.scenarios[state.s].id;
      $("blink").ariaPressed = state.b;
      paint();
      fillRows();
    }
    light();
    filter();
    fillDetails();
    write();
  }

  // What the reader does

  function pin(e, box) {
    [state.n, state.g, hovered] = [e, box, -1];
    refresh();
  }

  const pinBox = (box) => pin(boxes[box].members.length === 1 ? boxes[box].members[0] : -1, box);
  const release = () => pin(-1, -1);

  function pinFar(e) {
    pin(e, D.boxOf[e]);
    show("network");
    if (state.g >= 0) boxes[state.g].node.scrollIntoView({ block: "center", inline: "center" });
  }

  function choose(change) {
    change();
    filter();
    write();
  }

  const toggle = (set, value) => choose(() => set.delete(value) || set.add(value));

  function reset() {
    for (const key in FILTERS) $(FILTERS[key]).value = state[key] = "";
    steps.clear();
    severities.clear();
    if ($("only-scenario")) $("only-scenario").checked = false;
    release();
  }

  function blink() {
    state.b = !state.b;
    refresh(true);
  }

  function zoomTo(next) {
    const factor = next / zoom, x = pane.scrollLeft + pane.clientWidth / 2, y = pane.scrollTop + pane.clientHeight / 2;
    zoom = next;
    svg.style.width = zoom * 100 + "%";
    svg.style.maxWidth = zoom === 1 ? "" : "none";
    set(pane, "zoomed", zoom > 1);
    pane.scrollTo(x * factor - pane.clientWidth / 2, y * factor - pane.clientHeight / 2);
  }

  const acts = { release, reset, blink, group: () => pinBox(state.g), in: () => zoomTo(Math.min(6, zoom * 1.35)), out: () => zoomTo(Math.max(0.5, zoom / 1.35)), fit: () => zoomTo(1) };

  function jump(id) {
    const place = $(id), more = one(place, "details");
    place.classList.remove("off");
    if (more) more.open = true;
    place.scrollIntoView({ block: "center" });
  }

  on(document, "click", (event) => {
    const target = event.target.closest("a, button, .site, .band, .tile");
    if (!target) return;
    const { e, act, view, step, severity, country, box } = target.dataset, address = target.getAttribute("href") || "";
    if (e) {
      event.preventDefault();
      if (panel.contains(target)) pin(+e, D.boxOf[e]);
      else pinFar(+e);
    } else if (/^#(finding|source)-/.test(address)) {
      event.preventDefault();
      jump(address.slice(1));
    } else if (act) acts[act]();
    else if (view) choose(() => show(view));
    else if (step) toggle(steps, step);
    else if (severity) toggle(severities, severity);
    else if (box && !dragged) (state.g === +box ? release : pinBox)(+box);
    else if (country && [...$("filter-country").options].some((option) => option.value === country)) choose(() => { $("filter-country").value = state.c = state.c === country ? "" : country; });
    else if (target.closest(".sortable th")) {
      const head = target.parentNode;
      sort(target.closest("table"), head.cellIndex, head.ariaSort ? head.ariaSort === "ascending" : head.className === "number");
    }
  });

  on(document, "input", ({ target }) => {
    const { id, value } = target, key = Object.keys(FILTERS).find((name) => FILTERS[name] === id);
    if (id === "scenario") {
      state.s = target.selectedIndex;
      state.b = false;
      refresh(true);
    } else if (id === "tiles-stage") {
      for (const map of all(".map")) set(map, "later", map.dataset.stage !== value);
    } else choose(() => { if (key) state[key] = value.slice(0, 100); });
  });

  function neighbour(i, key) {
    const isAcross = key === "ArrowLeft" || key === "ArrowRight", sign = key === "ArrowLeft" || key === "ArrowUp" ? -1 : 1;
    let best = i, least = Infinity;
    boxes.forEach(({ x, y }, n) => {
      const dx = x - boxes[i].x, dy = y - boxes[i].y, along = sign * (isAcross ? dx : dy), aside = Math.abs(isAcross ? dy : dx);
      if (along > 8 && (isAcross || aside < 8) && along + aside / 2 < least) [best, least] = [n, along + aside / 2];
    });
    return best;
  }

  on(document, "keydown", (event) => {
    const { key, target } = event, isTyping = target.matches("input, select"), box = target.closest(".site");
    if (key === "Escape") {
      release();
      if (isTyping) target.blur();
    } else if (target.id === "search" && key === "Enter") {
      const found = D.ids.findIndex((_, e) => isWanted(e) && D.boxOf[e] >= 0);
      if (state.q.trim() && found >= 0) pinFar(found);
    } else if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    else if (key === "/") {
      event.preventDefault();
      $("search").focus();
    } else if (key === "b" || key === "B") blink();
    else if (box && (key === "Enter" || key === " ")) {
      event.preventDefault();
      pinBox(+box.dataset.box);
    } else if (box && key.startsWith("Arrow")) {
      event.preventDefault();
      // The Tab key reaches one box; arrows lead on from there.
      const next = neighbour(+box.dataset.box, key);
      boxes.forEach(({ node }, i) => { node.tabIndex = i === next ? 0 : -1; });
      boxes[next].node.focus();
    }
  });

  function hover(box) {
    if (box === hovered) return;
    hovered = box;
    light();
  }

  const boxAt = (target) => Number(target.closest(".site")?.dataset.box ?? -1);
  on(svg, "focusin", ({ target }) => { if (target.matches(":focus-visible")) hover(boxAt(target)); });
  on(svg, "focusout", () => hover(-1));
  on(svg, "pointerover", ({ target }) => {
    const box = boxAt(target), edge = target.closest(".edge"), words = box >= 0 ? boxWords(box) : edge?.dataset.tooltip?.split(" | ") || [];
    hover(box);
    put(tip, ...words.map((part, i) => h(box >= 0 && i === 0 ? "b" : "div", part)));
    tip.style.display = words.length ? "block" : "none";
  });
  on(svg, "pointerleave", () => {
    tip.style.display = "none";
    hover(-1);
  });
  on(svg, "pointermove", ({ clientX, clientY }) => {
    const isLow = clientY + 18 + tip.offsetHeight > innerHeight;
    tip.style.left = Math.max(4, Math.min(clientX + 16, innerWidth - tip.offsetWidth - 8)) + "px";
    tip.style.top = (isLow ? clientY - tip.offsetHeight - 12 : clientY + 18) + "px";
  });

  on(pane, "pointerdown", (event) => {
    dragged = false;
    if (event.pointerType === "mouse") drag = [event.clientX, event.clientY, pane.scrollLeft, pane.scrollTop];
  });
  on(window, "pointermove", ({ clientX, clientY }) => {
    if (!drag) return;
    const dx = clientX - drag[0], dy = clientY - drag[1];
    dragged ||= Math.abs(dx) + Math.abs(dy) > 6;
    pane.scrollTo(drag[2] - dx, drag[3] - dy);
  });
  on(window, "pointerup", () => { drag = null; });
  on(window, "hashchange", read);

  read();
})();
