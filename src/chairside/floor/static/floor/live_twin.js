// The page's own alarms: the signed rules run here on what was last heard, so that silence is an alarm also
// when the clinic's computer is gone. Only what the clinic's own bar does not say already is shown.

import { clinicNow } from "../ui/clock.js";
import { alarms, begin } from "./alarms.js";

const SIGNS = { high: "■", medium: "▲", low: "●" };
const rules = JSON.parse(document.getElementById("watch-rules").textContent);
const bar = document.getElementById("own-alarms");

function watch() {
  const text = document.getElementById("watch").textContent.trim();
  return text ? { ...begin(rules.limits, rules.signals), ...JSON.parse(text) } : null;
}

function line(alarm) {
  const box = document.createElement("div");
  box.className = `alarm p-${alarm.priority}`;
  const what = document.createElement("p");
  what.className = "what";
  what.textContent = `${SIGNS[alarm.priority]} ${alarm.priority} ${alarm.text}`;
  const why = document.createElement("p");
  why.className = "why";
  why.textContent = `found by this tablet · rule ${alarm.limit_id}`;
  box.append(what, why);
  return box;
}

function look() {
  const known = watch();
  if (!known) return;
  const said = new Set([...document.querySelectorAll("[data-limit]")].map((each) => each.dataset.limit));
  // The clinic's computer looks each second; what it will say itself in a moment is left to it.
  const settled = document.body.classList.contains("no-contact") ? 0 : 8000;
  const now = clinicNow();
  const own = alarms(known, now).filter((each) => each.ended_at === null && !said.has(each.limit_id)
    && now - Date.parse(each.started_at) >= settled);
  const name = own.map((each) => each.limit_id).join(" ");
  if (bar.dataset.shows === name) return;
  bar.dataset.shows = name;
  bar.replaceChildren(...own.map(line));
}

setInterval(look, 1000);
look();
