import { runProcess } from '#platform';
import { startDirectory } from './directory.js';
import { readDirectorySettings } from './settings.js';

await runProcess('directory', ['KIBAN_LDAP_PORT', 'KIBAN_LDAPS_PORT', 'KIBAN_HTTP_PORT'], () => startDirectory(readDirectorySettings(process.env)));
