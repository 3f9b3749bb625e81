import { route, type ContextParts } from '#platform';
import { GIVES_FILES } from '../exchange/file-exchange.js';
import type { Numbers } from '../numbers.js';
import { ListWaves } from './list-waves.js';
import { PlanWave } from './plan-wave.js';
import { ReconcileDay } from './reconcile-day.js';
import { ReadCertificate, SignOffWave } from './sign-off-wave.js';
import { HaltWave, OpenWave, ReconcileWave, ResumeWave } from './step-wave.js';

/** The plan of the mass numbering (NUM-4.7). */
export function waveParts({ files, waves }: Numbers): Partial<ContextParts> {
  return {
    http: [
      route('POST', '/waves', new PlanWave(waves), { status: 201 }),
      route('GET', '/waves', new ListWaves(waves)),
      route('POST', '/waves/:waveId/opening', new OpenWave(waves)),
      route('POST', '/waves/:waveId/reconciliation', new ReconcileWave(waves)),
      route('PUT', '/waves/:waveId/halt', new HaltWave(waves)),
      route('POST', '/waves/:waveId/resumption', new ResumeWave(waves)),
      route('POST', '/waves/:waveId/sign-offs', new SignOffWave(waves), { status: 201 }),
      route('GET', '/waves/:waveId/sign-offs/:municipalityCode', new ReadCertificate(waves), { binary: ['application/json'], tagged: true }),
      route('GET', '/reconciliations/:day', new ReconcileDay(files), GIVES_FILES),
    ],
  };
}
