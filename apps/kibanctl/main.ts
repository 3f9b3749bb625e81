#!/usr/bin/env node
import { kibanctl } from './kibanctl.js';
import { processTerminal } from './terminal.js';

// A reader that has seen enough, such as `head`, closes the pipe: that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
process.exitCode = await kibanctl(process.argv.slice(2), processTerminal());
