// Gates the values given on standard input by the page's module, in the folder named by its address.
import { readFileSync } from "node:fs";

const { findings, gate } = await import(`${process.argv[2]}/alarms.js`);
const { signals, cases } = JSON.parse(readFileSync(0, "utf8"));

const judge = ({ values, before, source }) => [gate(values, signals, { before, source }), findings(values, signals, before)];

process.stdout.write(JSON.stringify(cases.map(judge)));
