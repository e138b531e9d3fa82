// What is wrong with a page for those who cannot see it well, or at all, or use no mouse: a list of sentences.
const wrong = [];
const say = (what, element) => wrong.push(what + ": " + element.outerHTML.slice(0, 120));
const all = (selector) => [...document.querySelectorAll(selector)];
const seen = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== "hidden";

// Structure: a language, a title, one main heading, no level left out, landmarks, ids that are there once.
if (!document.documentElement.lang) wrong.push("no language");
if (!document.title.trim() || document.title.includes("undefined")) wrong.push("no title");
for (const landmark of ["main", "header", "nav"]) if (!document.querySelector(landmark)) wrong.push("no " + landmark);
if (all("main").length !== 1 || all("h1").length !== 1) wrong.push("not one main and one h1");
let level = 0;
for (const h of all("h1, h2, h3, h4")) {
	const next = Number(h.tagName[1]);
	if (next > level + 1) say("a level of headings is left out", h);
	level = next;
}
const navigations = all("nav").map((n) => n.getAttribute("aria-label"));
if (navigations.includes(null) || new Set(navigations).size !== navigations.length) wrong.push("navigations that have no name, or one name");
const ids = all("[id]").map((e) => e.id);
for (const id of ids) if (ids.filter((other) => other === id).length > 1) wrong.push("an id that is there twice: " + id);
for (const attribute of ["for", "aria-describedby", "aria-labelledby", "list"])
	for (const e of all(`[${attribute}]`))
		for (const id of e.getAttribute(attribute).split(" ")) if (!document.getElementById(id)) say(`${attribute} leads nowhere`, e);
for (const t of all("table")) if (!t.querySelector("thead th[scope=col]")) say("a table without headings", t);
for (const e of all("[tabindex]")) if (e.tabIndex > 0) say("an order of its own", e);

// Names: each control has one, and what it says is part of it.
const nameOf = (e) =>
	(e.getAttribute("aria-label") || (e.labels && [...e.labels].map((l) => l.innerText).join(" ")) || e.innerText || (e.type === "submit" && e.value) || "").trim();
for (const e of all("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
	if (!seen(e)) continue;
	if (!nameOf(e)) say("a control without a name", e);
	const words = e.innerText && e.tagName !== "SELECT" ? e.innerText.trim() : "";
	if (words && !nameOf(e).replace(/\s+/g, " ").includes(words.replace(/\s+/g, " "))) say("a control that is called otherwise than it reads", e);
	const box = e.getBoundingClientRect();
	if (!["A", "SUMMARY"].includes(e.tagName) && !["checkbox"].includes(e.type) && (box.width < 24 || box.height < 24)) say("a control that is too small", e);
}
// Fields look alike, whatever their type: one that the stylesheet forgot has the browser's own height.
const fields = all("input:not([type=hidden], [type=checkbox], [type=submit]), select").filter(seen);
for (const e of fields) if (Math.abs(e.offsetHeight - fields[0].offsetHeight) > 2) say("a field that looks unlike the others", e);

// Contrast: 4.5 for text, 3 for large text and the borders of controls (WCAG 1.4.3, 1.4.11).
const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
const luminance = (colour) => {
	const [r, g, b] = channels(colour).map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a, b) => {
	const [darker, lighter] = [luminance(a), luminance(b)].sort((x, y) => x - y);
	return (lighter + 0.05) / (darker + 0.05);
};
const ground = (e) => {
	for (; e; e = e.parentElement) {
		const colour = getComputedStyle(e).backgroundColor;
		if ((channels(colour)[3] ?? 1) === 1) return colour;
	}
	return getComputedStyle(document.documentElement).colorScheme.includes("dark") && matchMedia("(prefers-color-scheme: dark)").matches ? "rgb(18, 18, 18)" : "rgb(255, 255, 255)";
};
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
let looked = 0;
while (texts.nextNode()) {
	const e = texts.currentNode.parentElement;
	if (!texts.currentNode.data.trim() || !seen(e) || ["SCRIPT", "OPTION"].includes(e.tagName)) continue;
	const style = getComputedStyle(e);
	const size = parseFloat(style.fontSize);
	const needed = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
	const found = contrast(style.color, ground(e));
	looked++;
	if (found < needed) say(`a contrast of ${found.toFixed(2)}`, e);
}
for (const e of all("input:not([type=hidden]), select, button")) {
	if (!seen(e)) continue;
	const style = getComputedStyle(e);
	const edge = Math.max(contrast(style.borderTopColor, ground(e.parentElement)), contrast(ground(e), ground(e.parentElement)));
	if (edge < 3 && e.type !== "checkbox") say(`a border with a contrast of ${edge.toFixed(2)}`, e);
	if (contrast(style.color, ground(e)) < 4.5) say("what is typed has too little contrast", e);
	if (e.placeholder && contrast(getComputedStyle(e, "::placeholder").color, ground(e)) < 4.5) say("a placeholder has too little contrast", e);
}
if (looked < 5) wrong.push("there is hardly any text");

// Width: nothing but tables scrolls sideways (WCAG 1.4.10).
if (document.documentElement.scrollWidth > innerWidth) wrong.push(`the page is ${document.documentElement.scrollWidth} wide, the window ${innerWidth}`);
return wrong;
