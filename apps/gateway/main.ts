import { runProcess } from '#platform';
import { startGateway } from './gateway.js';
import { readGatewaySettings } from './settings.js';

await runProcess('gateway', ['KIBAN_PORT', 'KIBAN_GRPC_PORT'], () => startGateway(readGatewaySettings(process.env)));
