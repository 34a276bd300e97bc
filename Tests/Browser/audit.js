// What a page does wrong by WCAG 2.2 and ARIA 1.2, as far as a program can see it: a list of sentences.
"use strict";
const problems = [];
const all = (selector) => [...document.querySelectorAll(selector)];
const told = (node) => node.cloneNode(false).outerHTML.slice(0, 140);
const fail = (node, words) => problems.push(words + ": " + told(node));

// An element that nobody sees: not laid out, transparent, or cut away.
function isSeen(node) {
  return node.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true });
}

// Structure

if (!document.documentElement.lang) problems.push("the page names no language");
if (!document.title.trim()) problems.push("the page has no title");
if (all("main").length !== 1) problems.push("the page has " + all("main").length + " main parts, not one");
const ids = new Map();
for (const node of all("[id]")) ids.set(node.id, (ids.get(node.id) || 0) + 1);
for (const [id, count] of ids) if (count > 1) problems.push("the id '" + id + "' stands " + count + " times");
for (const name of ["aria-labelledby", "aria-describedby", "aria-controls", "for"]) {
  for (const node of all("[" + name + "]")) {
    for (const id of node.getAttribute(name).split(/\s+/)) if (!ids.has(id)) fail(node, name + " names nothing");
  }
}
for (const node of all("a[href^='#']")) {
  const id = decodeURIComponent(node.hash.slice(1)), view = new URLSearchParams(node.hash.slice(1));
  // The address of a view names a scenario of the list.
  const isView = view.has("s") && all("#scenario option").some((option) => option.value === view.get("s"));
  if (id && !ids.has(id) && !isView) fail(node, "a link leads nowhere");
}
let level = 0;
for (const node of all("h1, h2, h3, h4, h5, h6").filter(isSeen)) {
  const own = Number(node.localName[1]);
  if (own > level + 1) fail(node, "a heading of level " + own + " follows one of level " + level);
  if (!node.textContent.trim()) fail(node, "an empty heading");
  level = own;
}
if (all("h1").length !== 1) problems.push("the page has " + all("h1").length + " headings of the first level, not one");

// Roles and names

const ROLES = new Set(
  ("alert alertdialog application article banner blockquote button caption cell checkbox code columnheader combobox complementary " +
    "contentinfo definition deletion dialog directory document emphasis feed figure form generic grid gridcell group heading img " +
    "insertion link list listbox listitem log main marquee math menu menubar menuitem menuitemcheckbox menuitemradio meter navigation " +
    "none note option paragraph presentation progressbar radio radiogroup region row rowgroup rowheader scrollbar search searchbox " +
    "separator slider spinbutton status strong subscript superscript switch tab table tablist tabpanel term textbox time timer toolbar " +
    "tooltip tree treegrid treeitem graphics-document graphics-object graphics-symbol").split(" "));
const STATES = new Set(
  ("activedescendant atomic autocomplete braillelabel brailleroledescription busy checked colcount colindex colindextext colspan " +
    "controls current describedby description details disabled errormessage expanded flowto haspopup hidden invalid keyshortcuts label " +
    "labelledby level live modal multiline multiselectable orientation owns placeholder posinset pressed readonly relevant required " +
    "roledescription rowcount rowindex rowindextext rowspan selected setsize sort valuemax valuemin valuenow valuetext").split(" "));
for (const node of all("[role]")) {
  for (const role of node.getAttribute("role").split(/\s+/)) if (!ROLES.has(role)) fail(node, "no such role");
}
for (const node of all("*")) {
  for (const { name } of node.attributes) {
    if (name.startsWith("aria-") && !STATES.has(name.slice(5))) fail(node, "no such attribute");
    if (/^on/i.test(name)) fail(node, "an attribute that runs a script");
  }
}
for (const node of all("[tabindex]")) if (Number(node.tabIndex) > 0) fail(node, "an order of tabs of its own");
for (const node of all("[aria-hidden=true]")) {
  if (node.matches(":focus") || node.querySelector("a[href], button, input, select, [tabindex='0']")) fail(node, "hidden, and can be focused");
}
for (const node of all("img")) if (!node.hasAttribute("alt")) fail(node, "a picture without an alternative");
for (const node of all("svg")) {
  const title = node.querySelector(":scope > title");
  const isNamed = node.getAttribute("aria-label") || node.getAttribute("aria-labelledby") || (title && title.textContent.trim());
  if (node.getAttribute("aria-hidden") !== "true" && !isNamed) fail(node, "a drawing without a name");
}
for (const table of all("table")) {
  if (!table.caption && !table.ariaLabel) fail(table, "a table without a caption");
  for (const head of table.querySelectorAll("th")) if (!head.scope) fail(head, "a head of cells without a scope");
}

// Contrast of text against what is behind it

const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
function rgba(colour) {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = "#000";
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
  return [r, g, b, a / 255];
}
const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
function luminance([r, g, b]) {
  const [x, y, z] = [r, g, b].map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
}
function ratio(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}
const page = matchMedia("(prefers-color-scheme: dark)").matches && !matchMedia("print").matches ? [18, 18, 18, 1] : [255, 255, 255, 1];
const behindHTML = new Map();
function background(node) {
  if (!node || node === document) return page;
  if (behindHTML.has(node)) return behindHTML.get(node);
  const own = rgba(getComputedStyle(node).backgroundColor);
  const found = own[3] >= 0.999 ? own : own[3] > 0 ? over(own, background(node.parentElement)) : background(node.parentElement);
  behindHTML.set(node, found);
  return found;
}
const shapesOf = new Map();
function shapes(svg) {
  if (!shapesOf.has(svg)) {
    shapesOf.set(svg, [...svg.querySelectorAll("rect, path, polygon, circle, ellipse")].map((node) => {
      const style = getComputedStyle(node);
      return { node, box: node.getBoundingClientRect(), fill: style.fill === "none" || !isSeen(node) ? [0, 0, 0, 0] : rgba(style.fill), alpha: Number(style.fillOpacity) * Number(style.opacity) };
    }).filter(({ fill, alpha }) => fill[3] * alpha > 0));
  }
  return shapesOf.get(svg);
}
function behindText(node) {
  const svg = node.closest("svg"), { left, top, width, height } = node.getBoundingClientRect();
  const x = left + width / 2, y = top + height / 2;
  let found = background(svg);
  for (const { node: shape, box, fill, alpha } of shapes(svg)) {
    const isBefore = shape.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING;
    if (isBefore && box.left <= x && x <= box.right && box.top <= y && y <= box.bottom) found = over([...fill.slice(0, 3), fill[3] * alpha], found);
  }
  return found;
}
function opacity(node) {
  let value = 1;
  for (let at = node; at; at = at.parentElement) value *= Number(getComputedStyle(at).opacity);
  return value;
}
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const checked = new Map();
let texts = 0;
for (let text = walker.nextNode(); text; text = walker.nextNode()) {
  const node = text.parentElement;
  if (!text.data.trim() || !node || /^(script|style|title|desc|noscript|option)$/.test(node.localName) || !isSeen(node)) continue;
  // What steps back on purpose, as a disabled control does, is exempt.
  if (node.closest(".dim, .aside, svg.way .site:not(.on)")) continue;
  texts += 1;
  const isDrawn = !!node.closest("svg"), style = getComputedStyle(node);
  const size = parseFloat(style.fontSize), isBold = Number(style.fontWeight) >= 700;
  const least = size >= 24 || (size >= 18.66 && isBold) ? 3 : 4.5;
  const behind = isDrawn ? behindText(node) : background(node);
  const ink = rgba(isDrawn ? style.fill : style.color);
  const seen = over([...ink.slice(0, 3), ink[3] * opacity(node)], behind);
  const found = ratio(seen, behind);
  if (found < least - 0.005) {
    const key = node.localName + "." + node.getAttribute("class") + style.color + behind;
    if (!checked.has(key)) problems.push("contrast " + found.toFixed(2) + " of '" + text.data.trim().slice(0, 40) + "' (" + seen.slice(0, 3).map(Math.round) + " on " + behind.slice(0, 3).map(Math.round) + "): " + told(node));
    checked.set(key, true);
  }
}
if (texts < 20) problems.push("only " + texts + " texts were looked at");
return problems;
