import { readFileSync, writeFileSync } from 'node:fs';
import type { Estate } from '../tools/start/estate.js';

/** Clock ticks a second of `/proc` on Linux. */
const TICKS = 100;

/** What the kernel tells of the process of a service: memory in MiB, time of the processor in seconds. */
export interface ServiceProcess {
  /** Lets the kernel count the peak from now on. */
  resetPeak(): void;
  peak(): number;
  resident(): number;
  /** Resident without what files back: what the program itself holds. */
  anonymous(): number;
  processorSeconds(): number;
}

/** Throws when the service does not run in a process of its own. */
export function serviceProcess({ processes }: Estate, service: string): ServiceProcess {
  const pid = processes.find(({ name }) => name === service)?.pid();
  if (pid === undefined) throw new Error(`${service} does not run`);
  const mebibytes = (field: string): number => Math.round(Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024);
  return {
    resetPeak: () => writeFileSync(`/proc/${pid}/clear_refs`, '5'),
    peak: () => mebibytes('VmHWM'),
    resident: () => mebibytes('VmRSS'),
    anonymous: () => mebibytes('RssAnon'),
    processorSeconds: () => {
      const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ').slice(11, 13) ?? [];
      return (Number(user) + Number(system)) / TICKS;
    },
  };
}
