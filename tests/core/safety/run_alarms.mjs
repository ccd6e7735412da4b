// Judges the cases given on standard input by the page's module, named by its address.
import { readFileSync } from "node:fs";

const { begin, setBaseline, monitoring, observe, alarms } = await import(process.argv[2]);
const { limits, signals, cases } = JSON.parse(readFileSync(0, "utf8"));

function judge(told) {
  let watch = setBaseline(begin(limits, signals), told.baseline ?? {});
  if (told.monitored ?? true) watch = monitoring(watch, true, 0);
  for (const [second, readings] of told.ticks) watch = observe(watch, readings, second * 1000);
  const ended = (each) => (each.endedAt === null ? -1 : each.endedAt / 1000);
  return alarms(watch, told.now * 1000).map((each) =>
    [each.limitId, each.kind, each.priority, each.startedAt / 1000, ended(each)]);
}

process.stdout.write(JSON.stringify(cases.map(judge)));
