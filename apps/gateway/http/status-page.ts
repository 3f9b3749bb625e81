import type { FastifyInstance } from 'fastify';
import { readFileSync } from 'node:fs';
import { languageFor, type Language } from '#platform';
import type { Readiness } from '../readiness.js';

const TEXTS = {
  ja: {
    what: '住民基本台帳ネットワーク・個人番号の生成・個人番号カードの発行・公的個人認証を、住民の一つの流れとして動かす基盤です。この画面はその入口 (ゲートウェイ) の状態を示します。',
    states: '各システムの状態', context: 'システム', state: '状態', ready: '稼働中', notReady: '準備中または停止', again: '状態を読み直す',
    places: '入口', explorer: 'API エクスプローラー', openApi: 'REST の契約 (OpenAPI)', asyncApi: 'イベントの契約 (AsyncAPI)', proto: 'gRPC の契約 (proto)',
    token: 'アクセストークンの取得', clients: '利用できるクライアントの一覧', events: 'イベントの受信', partner: '受信用の利用者 (読み取り専用)', grpc: 'gRPC のアドレス', at: '表示時刻', other: 'English',
  },
  en: {
    what: 'The resident register network, the issue of individual numbers and cards, and the public certificates of residents, run as one walk through a resident’s life. This page shows the state of its door, the gateway.',
    states: 'State of the systems', context: 'System', state: 'State', ready: 'ready', notReady: 'not ready', again: 'Look again',
    places: 'Ways in', explorer: 'API explorer', openApi: 'REST contract (OpenAPI)', asyncApi: 'Event contract (AsyncAPI)', proto: 'gRPC contracts (proto)',
    token: 'Get an access token', clients: 'List the clients to use', events: 'Follow the events', partner: 'Read-only user of the event stream', grpc: 'gRPC address', at: 'Shown at', other: '日本語',
  },
} as const;

/** `/`: what this is, whether it is ready, and where to go on. Plain HTML without scripts. */
export function addStatusPage(server: FastifyInstance, readiness: Readiness, grpcAddress: () => string): void {
  const style = readFileSync(new URL('./status.css', import.meta.url), 'utf8');
  server.get('/status.css', (_request, reply) => reply.type('text/css; charset=utf-8').header('cache-control', 'max-age=3600').send(style));
  server.get<{ Querystring: { lang?: string } }>('/', async (request, reply) => {
    const { lang } = request.query;
    const language = lang === 'ja' || lang === 'en' ? lang : languageFor(request.headers['accept-language']);
    const states = await readiness.states();
    return reply.type('text/html; charset=utf-8').header('content-language', language).header('cache-control', 'no-store').send(page(language, states, grpcAddress()));
  });
}

function page(language: Language, states: ReadonlyMap<string, boolean>, grpcAddress: string): string {
  const t = TEXTS[language];
  const other = language === 'ja' ? 'en' : 'ja';
  const rows = [...states].map(
    ([context, ready]) => `<tr><th scope="row">${escaped(context)}</th><td class="${ready ? 'ready' : 'not-ready'}">${ready ? t.ready : t.notReady}</td></tr>`,
  );
  const links = [['/docs/', t.explorer], ['/api/openapi.json', t.openApi], ['/api/asyncapi.json', t.asyncApi], ['/api/proto/', t.proto]] as const;
  const commands = [
    [t.clients, 'npx kibanctl clients'],
    [t.token, 'npx kibanctl token --as municipality-990019'],
    [t.events, "npx kibanctl events tail --subject 'kiban.>'"],
    [t.partner, 'npx kibanctl partner-credentials'],
    [t.grpc, grpcAddress],
  ] as const;
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Kiban 基盤</title>
<link rel="stylesheet" href="/status.css">
<link rel="icon" href="data:,">
</head>
<body>
<header><h1>Kiban 基盤</h1><a href="/?lang=${other}" lang="${other}" hreflang="${other}">${t.other}</a></header>
<main>
<p>${t.what}</p>
<h2 id="states">${t.states}</h2>
<table aria-labelledby="states">
<thead><tr><th scope="col">${t.context}</th><th scope="col">${t.state}</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
<p><a href="/?lang=${language}">${t.again}</a></p>
<h2>${t.places}</h2>
<ul>
${links.map(([href, text]) => `<li><a href="${href}">${text}</a></li>`).join('\n')}
</ul>
<dl>
${commands.map(([text, command]) => `<dt>${text}</dt><dd><code>${escaped(command)}</code></dd>`).join('\n')}
</dl>
</main>
<footer>${t.at}: <time>${new Date().toISOString()}</time></footer>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
