// Pounds into kilograms before the eyes, in whole numbers: grams are rounded once, half up, as the server rounds.

const GRAMS_PER_POUND_E5 = 45359237n; // 453.59237 g/lb, exact by definition (1959), times 100,000

/** Thousandths of a pound typed as "154.3", or null where it is no plain number. */
export function milliPounds(text) {
  const found = /^([0-9]{1,6})(?:\.([0-9]{1,3}))?$/.exec(text.trim());
  return found ? BigInt(found[1] + (found[2] ?? "").padEnd(3, "0")) : null;
}

/** Whole grams of so many thousandths of a pound. */
export function grams(milli) {
  return (milli * GRAMS_PER_POUND_E5 * 2n + 100_000_000n) / 200_000_000n;
}

/** Thousandths written as a decimal number without trailing zeros. */
export function decimal(thousandths) {
  const digits = thousandths.toString().padStart(4, "0");
  const part = digits.slice(-3).replace(/0+$/, "");
  return digits.slice(0, -3) + (part ? "." + part : "");
}

/** The conversion written out, or nothing. */
export function conversion(text) {
  const milli = milliPounds(text);
  if (milli === null) return "";
  return `${decimal(milli)} lb × 0.45359237 kg/lb = ${decimal(grams(milli))} kg`;
}

function show(line) {
  const amount = line.querySelector("input.amount");
  const pounds = line.querySelector("input[value=lb]");
  line.querySelector("output").textContent = pounds?.checked ? conversion(amount.value) : "";
}

if (globalThis.document) {
  for (const line of document.querySelectorAll("[data-weight]")) {
    line.addEventListener("input", () => show(line));
    line.addEventListener("change", () => show(line));
    show(line);
  }
}
