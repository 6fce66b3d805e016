const byId = id => document.getElementById(id);

async function call(method, url, body) {
  const response = await fetch(url, {
    method,
    headers: body && { 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error?.message ?? `The service answered ${response.status}.`);
  return { answer, requestId: response.headers.get('x-request-id') };
}

function whileBusy(form, work) {
  form.addEventListener('submit', async event => {
    event.preventDefault();
    const button = form.querySelector('button');
    button.disabled = true;
    try { await work(); } finally { button.disabled = false; }
  });
}

function showNote(text) {
  byId('note').hidden = !text;
  byId('note').textContent = text ?? '';
}

function citation({ n, document_id, quote }) {
  const item = document.createElement('li');
  item.value = n;
  const name = document.createElement('strong');
  name.textContent = document_id;
  const words = document.createElement('blockquote');
  words.textContent = quote;
  item.append(name, words);
  return item;
}

whileBusy(byId('ask'), async () => {
  byId('answer').hidden = false;
  try {
    const { answer, requestId } = await call('POST', 'ask', { question: byId('question').value });
    byId('text').textContent = answer.answer;
    showNote(answer.degraded ? 'Part of the system is down: this answer comes from keyword search alone.' : null);
    byId('citations').replaceChildren(...answer.citations.map(citation));
    byId('request-id').textContent = requestId;
  } catch (error) {
    byId('text').textContent = '';
    byId('citations').replaceChildren();
    showNote(error.message);
  }
});

whileBusy(byId('add'), async () => {
  const output = byId('added');
  try {
    const document_ = { title: byId('title').value, text: byId('body').value };
    const { answer } = await call('POST', 'documents', { documents: [document_] });
    const { id } = answer.accepted[0];
    output.textContent = 'queued…';
    for (let tries = 0; tries < 120; tries++) {
      const { answer: state } = await call('GET', `documents/${encodeURIComponent(id)}`);
      output.textContent = state.error ? `${state.status}: ${state.error}` : state.status;
      if (state.status === 'ready' || state.status === 'failed') return;
      await new Promise(resolve => setTimeout(resolve, 500));
    }
  } catch (error) {
    output.textContent = error.message;
  }
});
