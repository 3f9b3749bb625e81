import { parseArgs } from 'node:util';
import { openBenchEstate } from '../../bench/bench-estate.js';
import { loadPopulation } from '../../tools/start/population.js';
import { Terminal } from '../../tools/start/terminal.js';
import { allowLooks } from './held.js';
import { PEAK_PER_SECOND, peak } from './peak.js';

const HELP = `npm run load -- --scenario peak|soak [options]

  peak               the worst hour of 110,000 cards a day: presets, notices, hand-overs, stop orders, spring moves, questions at once, with slow
                     clients and repeated requests; open loop, latencies from the intended start
  soak               the same for --minutes N with the slope of memory
  --scale S          part of the nation's peak for all but hand-overs and stops (default 0.1; 1 are ${PEAK_PER_SECOND.toFixed(1)} presets a second)
  --sessions N       hand-overs under way at once (default 50; the target is 2500)
  --session-seconds S  how long each lasts (default 30; in town halls 900 to 1800)
  --seconds N        default 60
  --preset-factor F  so many times the presets, to saturate (default 1)
  --residents N      of each municipality (default as many as are needed)
  --processes each --replicas N
`;
const option = (otherwise: string) => ({ type: 'string', default: otherwise }) as const;
const { values } = parseArgs({
  options: {
    scenario: option('peak'), scale: option('0.1'), sessions: option('50'), 'session-seconds': option('30'), seconds: option('60'), minutes: option('60'), 'preset-factor': option('1'),
    residents: { type: 'string' }, processes: option('all'), replicas: option('1'), help: { type: 'boolean', default: false },
  },
});
const [scale, sessions, sessionSeconds, presetFactor] = [values.scale, values.sessions, values['session-seconds'], values['preset-factor']].map(Number) as [number, number, number, number];
const seconds = values.scenario === 'soak' ? Number(values.minutes) * 60 : Number(values.seconds);
if (values.help || !['peak', 'soak'].includes(values.scenario) || ![scale, sessions, sessionSeconds, presetFactor, seconds].every((value) => value > 0)) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}
const people = seconds * (PEAK_PER_SECOND * scale * presetFactor + sessions / sessionSeconds + 2) * 1.05 + 50;
const terminal = new Terminal();
allowLooks();
const estate = await openBenchEstate(['--processes', values.processes, '--replicas', values.replicas]);
try {
  await loadPopulation(estate, Number(values.residents ?? Math.ceil(people / 2 / 100) * 100), terminal);
  const { good, report } = await peak(estate, { scale, sessions, sessionSeconds, seconds, presetFactor, say: (text) => terminal.say(text) });
  console.log(JSON.stringify(report, null, 2));
  console.log(`load: ${values.scenario} ${good ? 'within all targets' : 'NOT within its targets'}`);
  process.exitCode = good ? 0 : 1;
} finally {
  await estate.stop();
}
process.exit();
