// The search page works without this file. It adds: "j" and "k" go to the next and the former
// result, Enter opens it as it opens any link.
"use strict";

const links = [...document.querySelectorAll("#hits h3 a")];

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  const step = { j: 1, k: -1 }[event.key];
  if (!step || typing || event.ctrlKey || event.metaKey || event.altKey || !links.length) return;
  const at = links.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step;
  if (!links[next]) return;
  event.preventDefault();
  links[next].focus();
});
