// Prints what sarif-multitool found in a file and exits 1 if it found an error.
//
//   node verdict.js VERDICT.sarif FILE

'use strict';

const fs = require('node:fs');

const [verdict, file] = process.argv.slice(2);
const counts = { error: 0, warning: 0, note: 0 };
const log = JSON.parse(fs.readFileSync(verdict, 'utf8').replace(/^\uFEFF/, ''));

for (const run of log.runs) {
  const rules = run.tool.driver.rules ?? [];
  const notifications = (run.invocations ?? []).flatMap((i) => [
    ...(i.toolExecutionNotifications ?? []),
    ...(i.toolConfigurationNotifications ?? []),
  ]);
  for (const found of [...(run.results ?? []), ...notifications]) {
    const level = found.level ?? 'warning';
    counts[level] = (counts[level] ?? 0) + 1;
    if (level !== 'error' && level !== 'warning') continue;
    const id = found.ruleId ?? found.descriptor?.id ?? found.rule?.id ?? '';
    const at = found.locations?.[0]?.physicalLocation?.region?.startLine ?? 0;
    console.log(`${file}:${at}: ${level} ${id}: ${say(found.message, rules[found.ruleIndex])}`);
  }
}

console.log(`${file}: ${counts.error} errors, ${counts.warning} warnings, ${counts.note} notes`);
process.exit(counts.error > 0 ? 1 : 0);

// say fills the arguments of a message into its text or into its rule's.
function say(message, rule) {
  const text = message.text ?? rule?.messageStrings?.[message.id]?.text ?? message.id ?? '';
  return text.replace(/\{(\d+)\}/g, (all, i) => message.arguments?.[i] ?? all);
}
