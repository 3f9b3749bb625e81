/** The page around SCORM content: its run-time interface and a frame. All addresses are relative to the launch. */
export const PLAYER_PAGE = `<!doctype html>
<html lang="ja">
<head>
<meta charset="utf-8">
<title>Kiban 研修</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="player.css">
<link rel="icon" href="data:,">
</head>
<body>
<p id="notice" role="alert" hidden></p>
<iframe id="content" title="教材"></iframe>
<script type="module" src="player.js"></script>
</body>
</html>
`;

export const PLAYER_STYLE = `html, body { height: 100%; margin: 0; }
body { display: flex; flex-direction: column; }
iframe { flex: 1; border: 0; }
#notice { margin: 0; padding: 0.5em 1em; background: #fff3cd; color: #664d03; }
`;

/**
 * Values longer than the standard allows are refused to the content by the error of its edition and reported, where scorm-again would
 * take them (TRN-4.6, 7).
 */
export const PLAYER_SCRIPT = `const notice = (text) => {
  const place = document.getElementById('notice');
  place.textContent = text;
  place.hidden = false;
};
const asked = async (address, options) => {
  const response = await fetch(address, options);
  if (!response.ok) throw new Error(address + ' ' + response.status);
  return response.json();
};

async function play() {
  const { 'auth-token': token } = await asked('../token', { method: 'POST' });
  if (token === undefined) return notice('この画面は一度だけ使えます。受講画面から開き直してください。');
  const authorization = 'Basic ' + token;
  const run = await asked('../../../scorm/runtime', { headers: { authorization } });
  const is12 = run.edition === 'SCORM_12';
  const library = document.createElement('script');
  library.src = is12 ? 'scorm12.js' : 'scorm2004.js';
  await new Promise((resolve, reject) => {
    library.onload = resolve;
    library.onerror = reject;
    document.head.append(library);
  });
  const overlong = [];
  let isLeaving = false;
  const address = new URL('../../../scorm/runtime', location.href).href;
  const headers = { authorization, 'content-type': 'application/json' };
  // Content waits for what its commit says. The library's own last commit would go without our header.
  const send = (values, isOver) => {
    const body = JSON.stringify({ values: textsOf(values), isOver, overlong: overlong.splice(0) });
    if (isLeaving) {
      fetch(address, { method: 'POST', keepalive: true, headers, body });
      return { result: 'true', errorCode: 0 };
    }
    try {
      const request = new XMLHttpRequest();
      request.open('POST', address, false);
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      request.send(body);
      return request.status === 200 ? JSON.parse(request.responseText) : { result: 'false', errorCode: 101 };
    } catch {
      return { result: 'false', errorCode: 101 };
    }
  };
  const settings = {
    autocommit: true,
    autocommitSeconds: 30,
    lmsCommitUrl: address,
    dataCommitFormat: 'flattened',
    mastery_override: false,
    httpService: { processHttpRequest: (_url, values, isOver) => send(values, isOver === true), updateSettings: () => undefined },
  };
  const api = is12 ? new window.Scorm12API(settings) : new window.Scorm2004API(settings);
  api.loadFromFlattenedJSON(run.values);
  const [setter, error] = [is12 ? 'LMSSetValue' : 'SetValue', run.limits.error];
  const set = api[setter].bind(api);
  api[setter] = (element, value) => {
    if (String(value).length <= (run.limits.elements[element] ?? run.limits.any)) return set(element, value);
    overlong.push(String(element).slice(0, 250));
    api.throwSCORMError(element, error, 'The value is longer than the standard allows');
    notice('この教材の記録が規格の長さを超えたため保存できません。続きから再開できないことがあります。');
    return 'false';
  };
  window[is12 ? 'API' : 'API_1484_11'] = api;
  window.addEventListener('pagehide', () => {
    isLeaving = true;
    api[is12 ? 'LMSFinish' : 'Terminate']('');
  });
  document.getElementById('content').src = '../content/' + run.address;
}

// Only values of the data model, as texts: what the library adds beside them is its own.
function textsOf(values) {
  const texts = {};
  for (const [name, value] of Object.entries(values)) if (value !== null && value !== undefined && value !== '') texts[name] = String(value);
  return texts;
}

play().catch((error) => {
  console.error(error);
  notice('教材を開けませんでした。受講画面から開き直してください。');
});
`;
