// The live page: forms that keep what was typed, an undo that goes away, values that grow old by themselves,
// and a silence watch: when the clinic's computer is not heard, the page says so, loudly.

import { age, clinicNow, setServerTime, span } from "../ui/clock.js";

const SILENT_MS = 10_000;
const UNDO_MS = 10_000;
const TREMBLE_MS = 1000;
const heard = { at: performance.now(), clinic: clinicNow(), ended: "" };
const pending = new Set();
const pressed = { said: "", at: -TREMBLE_MS };

const by = (id) => document.getElementById(id);

// The stream ---------------------------------------------------------------------------------------------

const listening = new WeakSet();

function listenTo(source) {
  if (listening.has(source)) return;
  listening.add(source);
  source.addEventListener("beat", beat);
  source.addEventListener("ended", (event) => {
    heard.ended = event.data;
    source.close();
    watchSilence();
  });
}

function beat(event) {
  const said = JSON.parse(event.data);
  setServerTime(said.now, said.rate);
  Object.assign(heard, { at: performance.now(), clinic: clinicNow(), ended: "" });
  by("watched").dataset.at = said.watched ?? "";
  watchSilence();
}

function watchSilence() {
  const banner = by("contact");
  const silent = performance.now() - heard.at > SILENT_MS;
  banner.hidden = !silent && !heard.ended;
  document.body.classList.toggle("no-contact", silent);
  const timeZone = document.body.dataset.zone || undefined;
  const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone }).format(new Date(heard.clinic));
  const said = heard.ended
    ? `This page no longer hears the clinic: ${heard.ended}. Look at the patient and the monitor.`
    : `No contact with the clinic's computer since ${clock}; look at the patient and the monitor.`;
  const words = banner.querySelector("span");
  if (!banner.hidden && words.textContent !== said) words.textContent = said;
}

// Ages ---------------------------------------------------------------------------------------------------

function growOld() {
  const now = clinicNow();
  for (const each of document.querySelectorAll("[data-stale-at]")) {
    each.classList.toggle("stale", now > Date.parse(each.dataset.staleAt));
  }
  for (const each of document.querySelectorAll("[data-lasting]")) {
    each.textContent = span((now - Date.parse(each.dataset.lasting)) / 1000);
  }
  const watched = by("watched");
  if (watched.dataset.at === undefined) return;
  watched.textContent = watched.dataset.at
    ? `alarms looked at ${age((now - Date.parse(watched.dataset.at)) / 1000)}`
    : "alarms: looked at with each reading only";
}

// Telling ------------------------------------------------------------------------------------------------

function saving() {
  const saved = by("saved");
  const unsaved = document.querySelectorAll("form[data-unsaved]").length;
  saved.textContent = unsaved ? `${unsaved} NOT saved` : pending.size ? "saving…" : "all saved";
  saved.classList.toggle("bad", unsaved > 0);
}

function say(form, sentence) {
  const place = form.querySelector(".wrong");
  if (!place) return;
  const line = document.createElement("p");
  line.textContent = `▲ ${sentence}`;
  place.replaceChildren(line);
}

// The same said again within a second is a finger that trembles: the button may be drawn anew under it.
function trembles(form, fields) {
  const said = [form.action, ...[...fields].filter(([name]) => name !== "press")].join("&");
  const again = said === pressed.said && performance.now() - pressed.at < TREMBLE_MS;
  if (!again) Object.assign(pressed, { said, at: performance.now() });
  return again;
}

// Told by the request itself: the stream may draw the form anew, and away, before its answer is here.
function beforeRequest(event) {
  const form = event.target, request = event.detail.xhr;
  if (!(form instanceof HTMLFormElement)) return;
  if (trembles(form, event.detail.requestConfig.formData)) {
    event.preventDefault();
    return;
  }
  pending.add(request);
  request.addEventListener("loadend", () => afterRequest(form, request));
  form.querySelector(".wrong")?.replaceChildren();
  saving();
}

function afterRequest(form, request) {
  pending.delete(request);
  if (request.status >= 200 && request.status < 300) {
    delete form.dataset.unsaved;
    form.reset();
    const sheet = form.closest("[popover]");
    if (sheet?.matches(":popover-open")) sheet.hidePopover();
  } else if (request.status === 422) {
    pressed.said = "";
  } else {
    pressed.said = "";
    form.dataset.unsaved = "yes";
    say(form, request.status === 403 ? "Not saved: you may not do this." : "NOT saved: no contact. Press again when it is back.");
    if (!form.isConnected) by("said").replaceChildren(form.querySelector(".wrong"));
  }
  saving();
}

// What was not saved stays under the finger, with its press, until it is; the bar of alarms never waits.
function beforeMessage(event) {
  const panel = event.target;
  if (panel.getAttribute("sse-swap") !== "bar" && panel.querySelector("form[data-unsaved]")) event.preventDefault();
}

// A refusal stands beside the button it answers; nothing typed is lost.
function beforeSwap(event) {
  if (event.detail.xhr.status !== 422) return;
  const place = event.detail.requestConfig.elt.querySelector?.(".wrong");
  if (!place) return;
  Object.assign(event.detail, { shouldSwap: true, isError: false, target: place });
}

function afterSwap(event) {
  const opens = event.detail.requestConfig?.elt?.dataset?.opens;
  if (opens && event.target.id === `${opens}-body`) {
    for (const each of document.querySelectorAll("[popover]:popover-open")) each.hidePopover();
    by(opens).showPopover();
  }
  for (const each of document.querySelectorAll("[data-said]:not([data-leaving])")) {
    each.dataset.leaving = "yes";
    setTimeout(() => each.remove(), UNDO_MS);
  }
  growOld();
}

document.addEventListener("htmx:sseOpen", (event) => listenTo(event.detail.source));
document.addEventListener("htmx:beforeRequest", beforeRequest);
document.addEventListener("htmx:sseBeforeMessage", beforeMessage);
document.addEventListener("htmx:beforeSwap", beforeSwap);
document.addEventListener("htmx:afterSwap", afterSwap);
document.addEventListener("htmx:sseMessage", growOld);
setInterval(watchSilence, 1000);
setInterval(growOld, 500);
growOld();
