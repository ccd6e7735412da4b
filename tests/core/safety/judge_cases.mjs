// Gates and judges the cases given on standard input by the page's modules, in the folder named by its address.
import { readFileSync } from "node:fs";

const page = await import(`${process.argv[2]}/alarms.js`);
const { alarms, begin, gate, monitoring, observe, recentCuffs, setBaseline } = page;

function readings(tick, number, { signals, cycles }) {
  const [at, values, source] = tick;
  const found = gate(values, signals, { before: recentCuffs(cycles, at, signals), source });
  cycles.push([at, values]);
  return found.map((each) => ({ ...each, observed_at: at, source, device: "d", event: `e${number}` }));
}

function judge({ limits, signals, ticks, baseline, monitored, monitor, released, now }) {
  let watch = setBaseline(begin(limits, signals), baseline);
  if (monitored) watch = monitoring(watch, { on: true, at: monitored, monitor });
  const cycles = [];
  ticks.forEach((tick, number) => {
    watch = observe(watch, readings(tick, number, { signals, cycles }));
  });
  if (released) watch = monitoring(watch, { on: false, at: released });
  return alarms(watch, now);
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(judge)));
