import { Session } from 'node:inspector/promises';
import { writeFileSync } from 'node:fs';
import { Scratch } from '../../test/support/scratch.ts';
import { serve } from '../../test/support/serve-here.ts';
const scratch = new Scratch();
const served = await serve(scratch, {});
process.send!(served.url);
process.on('message', async (m) => {
  if (m === 'start') { s.connect(); await s.post('Profiler.enable'); await s.post('Profiler.setSamplingInterval', { interval: 500 }); await s.post('Profiler.start'); cpu = process.cpuUsage(); process.send!('ok'); }
  if (m === 'stop') { const { profile } = await s.post('Profiler.stop'); writeFileSync('/tmp/prof.json', JSON.stringify(profile)); const u = process.cpuUsage(cpu); process.send!(`cpu ${(u.user + u.system) / 1000}ms`); await served.stop(); await scratch.close(); process.exit(); }
});
const s = new Session(); let cpu: any;
