// Runs the page's own conversion on cases from standard input.
import { readFileSync } from "node:fs";

const { conversion, grams, milliPounds } = await import(process.argv[2]);
const cases = JSON.parse(readFileSync(0, "utf8"));
const said = cases.map((each) => ({
  text: conversion(each.typed),
  grams: milliPounds(each.typed) === null ? null : Number(grams(milliPounds(each.typed))),
}));
process.stdout.write(JSON.stringify(said));
