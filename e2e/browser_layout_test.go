package e2e_test

// What is looked at in a page is looked at by the browser, with these.

// focusFault says what is wrong with how the focus is shown: it must be seen, on the screen and not behind anything (WCAG
// 2.2, 2.4.7 and 2.4.11). Empty: nothing.
const focusFault = `(() => {
	const e = document.activeElement;
	if (!e || e === document.body || e === document.documentElement) return "";
	const name = e.outerHTML.slice(0, 100), box = e.getBoundingClientRect(), style = getComputedStyle(e);
	// The calendar's button in a date field is the browser's, inside, and has the browser's own ring.
	if (e.type === "date" && !e.matches(":focus-visible")) return "";
	if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) return "the focus cannot be seen on " + name;
	if (box.width < 1 || box.height < 1) return "the focus is on something without a size: " + name;
	const x = Math.max(0, box.left) + Math.min(box.width, innerWidth) / 2, y = Math.max(0, box.top) + Math.min(box.height, innerHeight) / 2;
	if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) return "the focus is off the screen: " + name;
	const top = document.elementFromPoint(Math.min(x, innerWidth - 1), Math.min(y, innerHeight - 1));
	if (top && !e.contains(top) && !top.contains(e)) return "the focus is behind " + top.outerHTML.slice(0, 100) + ": " + name;
	return "";
})()`

// layoutFaults lists what does not fit the width of the screen, is cut off or lies over something else.
const layoutFaults = `(() => {
	const faults = new Set(), width = document.documentElement.clientWidth, texts = [];
	const over = document.scrollingElement.scrollWidth - width;
	if (over > 0) faults.add("the page is " + over + " px wider than the screen");
	// What is meant for screen readers only is a pixel small; what shows itself on focus is above the page.
	const hidden = (e) => {
		if (!e.checkVisibility()) return true; // folded away
		for (; e; e = e.parentElement) {
			const box = e.getBoundingClientRect(), style = getComputedStyle(e);
			if (box.width <= 1 && box.height <= 1 && style.overflow === "hidden" || box.bottom <= 0 && style.position === "absolute" && scrollY === 0) return true;
		}
		return false;
	};
	const cut = (box, e, what) => {
		if (box.left < -0.5 || box.right > width + 0.5) faults.add(what + " leaves the screen");
		for (; e; e = e.parentElement) {
			const outer = e.getBoundingClientRect(), overflow = getComputedStyle(e).overflow;
			if (e !== document.body && e !== document.documentElement && overflow !== "visible" && (box.right > outer.right + 0.5 || box.bottom > outer.bottom + 0.5)) faults.add(what + " is cut off");
		}
	};
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let node = walk.nextNode(); node; node = walk.nextNode()) {
		const e = node.parentElement;
		if (!node.data.trim() || hidden(e)) continue;
		const range = document.createRange();
		range.selectNodeContents(node);
		for (const box of range.getClientRects()) {
			if (box.width < 1) continue;
			const what = JSON.stringify(node.data.trim().slice(0, 40));
			cut(box, e, what);
			texts.push({node, box, what});
		}
	}
	for (const a of texts) for (const b of texts) {
		if (a.node === b.node) continue;
		const x = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
		const y = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
		if (x > 2 && y > Math.min(a.box.height, b.box.height) / 2) faults.add(a.what + " lies over " + b.what);
	}
	for (const e of document.querySelectorAll("a, button, input, summary")) {
		const box = e.getBoundingClientRect();
		if (box.width && !hidden(e)) cut(box, e.parentElement, e.outerHTML.slice(0, 60));
	}
	return [...faults].join("\n");
})()`

// spaced sets the text as far apart as readers may (WCAG 2.2, 1.4.12).
const spaced = `(() => {
	const sheet = new CSSStyleSheet();
	sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }");
	document.adoptedStyleSheets = [sheet];
})()`

const unspaced = `document.adoptedStyleSheets = []`
