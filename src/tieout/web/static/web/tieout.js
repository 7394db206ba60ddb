// Small helps for forms and scanners. Every page works without them.
"use strict";

const opened = performance.now();

// A form is sent once: later taps wait for the answer. It says how long it stood open, so "now" is the moment of sending.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  const waited = form.elements.namedItem("waited");
  if (waited) waited.value = Math.floor((performance.now() - opened) / 1000);
  form.classList.add("sending");
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

// A scanner ends its code with Enter: in a form with several fields that means the next field, not "send".
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key !== "Enter" || !field.matches("form[data-scan] input")) return;
  const fields = [...field.form.querySelectorAll("input:not([type=hidden]), select, button.btn-primary")];
  const next = fields[fields.indexOf(field) + 1];
  if (next && next.tagName !== "BUTTON") { event.preventDefault(); next.focus(); if (next.select) next.select(); }
});

// F2 or "/" goes to the scan field from anywhere.
document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, textarea, select");
  if (event.key === "F2" || (event.key === "/" && !typing)) {
    const scan = document.getElementById("scan");
    if (scan) { event.preventDefault(); scan.focus(); scan.select(); }
  }
});

// "Another line" copies the last line of a form, emptied and numbered on.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-another]");
  if (!button) return;
  const lines = [...document.querySelectorAll(button.dataset.another)];
  const last = lines[lines.length - 1];
  const copy = last.cloneNode(true);
  const number = Number(last.dataset.n) + 1;
  copy.dataset.n = number;
  for (const one of copy.querySelectorAll("[name]")) { one.name = one.name.replace(/-\d+$/, "-" + number); if (one.type !== "hidden") one.value = ""; }
  for (const one of copy.querySelectorAll("[id]")) one.id = one.id.replace(/-\d+$/, "-" + number);
  for (const one of copy.querySelectorAll("[for]")) one.htmlFor = one.htmlFor.replace(/-\d+$/, "-" + number);
  last.after(copy);
  const first = copy.querySelector("input:not([type=hidden]), select");
  if (first) first.focus();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// What was refused is read first.
const refusal = document.getElementById("refusal");
if (refusal) refusal.focus();
