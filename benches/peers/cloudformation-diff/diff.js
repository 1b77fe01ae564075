'use strict';

// `node diff.js <before> <after> <milliseconds>`: reads two templates and compares them. For so long, twice: once to
// warm up, once measured. With 0, it compares them once, which is what a whole process is measured with.

const fs = require('node:fs');
const { fullDiff, ResourceImpact } = require('@aws-cdk/cloudformation-diff');

const [before, after, milliseconds] = process.argv.slice(2);
const texts = [before, after].map((file) => fs.readFileSync(file, 'utf8'));
const parse = () => texts.map((text) => JSON.parse(text));

const ACTIONS = {
  [ResourceImpact.WILL_CREATE]: 'add',
  [ResourceImpact.WILL_IMPORT]: 'import',
  [ResourceImpact.WILL_UPDATE]: 'update',
  [ResourceImpact.MAY_REPLACE]: 'may replace',
  [ResourceImpact.WILL_REPLACE]: 'replace',
  [ResourceImpact.WILL_DESTROY]: 'remove',
  [ResourceImpact.WILL_ORPHAN]: 'remove',
};

function changes() {
  const found = {};
  fullDiff(...parse()).resources.forEachDifference((id, change) => {
    const action = ACTIONS[change.changeImpact];
    const changed = [...Object.keys(change.propertyUpdates), ...Object.keys(change.otherChanges)];
    if (action !== undefined) found[id] = { action, fact: changed.join(', ') };
  });
  return found;
}

// Prepares, unmeasured, and works, again and again.
function repeat(prepare, work) {
  const walls = [];
  let cpu = 0;
  const start = Date.now();
  while (walls.length < 3 || Date.now() - start < Number(milliseconds)) {
    const input = prepare();
    const usage = process.cpuUsage();
    const time = process.hrtime.bigint();
    work(input);
    walls.push(Number(process.hrtime.bigint() - time) / 1e3);
    const used = process.cpuUsage(usage);
    cpu += used.user + used.system;
  }
  walls.sort((one, other) => one - other);
  return { runs: walls.length, wall: walls[Math.floor(walls.length / 2)], cpu: cpu / walls.length };
}

const answer = { changes: changes() };
if (Number(milliseconds) > 0) {
  const whole = () => repeat(() => undefined, () => fullDiff(...parse()));
  const alone = () => repeat(parse, (templates) => fullDiff(...templates));
  whole();
  answer.whole = whole();
  alone();
  answer.alone = alone();
}
console.log(JSON.stringify(answer));
