// Clocks and ages on the page, driven by the clinic's time and never by the tablet's own.
//
//   <time data-clock="since" data-at="ISO">    T+18:32 since that instant (T−1:30 before it)
//   <time data-clock="age" data-at="ISO">      2 s ago, 3 min ago, 1 h 5 min ago
//   <time data-clock="due" data-at="ISO">      in 1:30; then 2 min late, with the class `late`
//   <time data-clock="wall">                   10:38:14 on the clinic's wall
//
// The page says what time it was when it was made (data-server-now on body) and how fast the
// clinic's clock runs (data-clock-rate); a stream may say it again through setServerTime.

const known = { at: 0, heard: 0, rate: 1 };

/** The clinic's present instant, in milliseconds. */
export function clinicNow() {
  return known.at + (performance.now() - known.heard) * known.rate;
}

/** Takes the server's time as said just now: ISO text, and the rate if it is given. */
export function setServerTime(iso, rate = known.rate) {
  const at = Date.parse(iso);
  if (Number.isNaN(at) || !(rate > 0)) return;
  Object.assign(known, { at, heard: performance.now(), rate });
  tick();
}

const two = (n) => String(n).padStart(2, "0");

/** Seconds as 18:32, or 1:02:05 from an hour on. */
export function span(seconds) {
  const s = Math.floor(Math.abs(seconds));
  const hours = Math.floor(s / 3600);
  const minutes = Math.floor(s / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(s % 60)}` : `${minutes}:${two(s % 60)}`;
}

/** "2 s ago", "3 min ago", "1 h 5 min ago", "2 days ago". */
export function age(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return `${s} s ago`;
  if (s < 3600) return `${Math.floor(s / 60)} min ago`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor(s / 60) % 60} min ago`;
  const days = Math.floor(s / 86400);
  return `${days} ${days === 1 ? "day" : "days"} ago`;
}

/** "in 1:30" before the time, "0:40 late" and "2 min late" after it. */
export function due(secondsLeft) {
  if (secondsLeft >= 0) return `in ${span(secondsLeft)}`;
  return secondsLeft > -60 ? `${span(secondsLeft)} late` : `${Math.floor(-secondsLeft / 60)} min late`;
}

function wall(now) {
  const timeZone = document.body.dataset.zone || undefined;
  return new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone }).format(new Date(now));
}

function words(element, now) {
  if (element.dataset.clock === "wall") return wall(now);
  const seconds = (now - Date.parse(element.dataset.at)) / 1000;
  if (Number.isNaN(seconds)) return "";
  if (element.dataset.clock === "age") return age(seconds);
  if (element.dataset.clock === "due") return due(-seconds);
  return `T${seconds < 0 ? "−" : "+"}${span(seconds)}`;
}

/** Writes every clock on the page, or under `root`, once. */
export function tick(root = document) {
  const now = clinicNow();
  for (const element of root.querySelectorAll("[data-clock]")) {
    const said = words(element, now);
    if (element.textContent !== said) element.textContent = said;
    if (element.dataset.clock === "due") element.classList.toggle("late", said.endsWith("late"));
  }
}

// A tablet that slept has lost count: it asks the clinic's time again before it shows any age.
async function askAgain() {
  const url = document.body.dataset.nowUrl;
  if (document.visibilityState !== "visible" || !url) return;
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const said = await answer.json();
    setServerTime(said.now, said.rate);
  } catch {
    // Without a network the ages go on from the last known time; the page says elsewhere that it is offline.
  }
}

setServerTime(document.body.dataset.serverNow, Number(document.body.dataset.clockRate) || 1);
document.addEventListener("visibilitychange", askAgain);
window.addEventListener("pageshow", (event) => event.persisted && askAgain());
document.addEventListener("htmx:afterSwap", () => tick());
setInterval(tick, 500, document);
