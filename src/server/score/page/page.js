// Shows what each model takes, and asks it. Nothing of a model is ever read as markup.
'use strict';

const MOST_FIELDS = 60;
let token = '';

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

function headers(more = {}) {
  return token ? { authorization: 'Bearer ' + token, ...more } : more;
}

/** The row of the example as fields, where it is a short one; else nothing. */
function rowOf(model) {
  const { example, inputs } = model;
  const split = example.dataframe_split;
  if (inputs && inputs.columns && split && split.data && split.data.length === 1 && split.columns) {
    const types = new Map(inputs.columns.map(column => [String(column.name), column]));
    const row = split.columns.map((name, place) => {
      const column = types.get(String(name)) || { type: '', required: true };
      return { name: String(name), type: column.type, required: column.required, value: split.data[0][place] };
    });
    return { row, asked: values => ({ dataframe_split: { columns: split.columns, data: [values] } }) };
  }
  const tensor = inputs && inputs.tensors && inputs.tensors.length === 1 ? inputs.tensors[0] : null;
  const matrix = example.inputs;
  if (tensor && tensor.shape.length === 2 && Array.isArray(matrix) && matrix.length === 1 && Array.isArray(matrix[0])) {
    const row = matrix[0].map((value, place) => ({ name: `${tensor.name || 'input'}[${place}]`, type: tensor.type, required: true, value }));
    return { row, asked: values => ({ inputs: [values] }) };
  }
  return null;
}

function parsed(text, type) {
  if (/^(string|str|object|binary|bytes|datetime)$/.test(type)) return text;
  if (text === '') return null;
  try { return JSON.parse(text); } catch { return text; }
}

function shown(value) {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function types(schema) {
  if (!schema) return ['not known'];
  if (schema.columns) return schema.columns.map(one => `${one.name ?? ''}: ${one.type}${one.required === false ? ' (optional)' : ''}`);
  return schema.tensors.map(one => `${one.name ?? ''}: ${one.type} [${one.shape.map(dim => dim < 0 ? 'any' : dim).join(', ')}]`);
}

function quoted(text) {
  return "'" + text.replaceAll("'", "'\\''") + "'";
}

function section(model) {
  const path = `/models/${encodeURIComponent(model.reference)}/invocations`;
  const area = make('textarea', { spellcheck: false, ariaLabel: 'Request in JSON' });
  const answer = make('pre', {}, 'Nothing asked yet.');
  const state = make('span', { className: 'quiet' });
  const curl = make('pre');
  const form = rowOf(model);
  const few = form && form.row.length <= MOST_FIELDS;
  let cells = [];

  function refresh() {
    const body = area.value.replace(/\s*\n\s*/g, ' ');
    const secret = token ? " -H 'authorization: Bearer …'" : '';
    curl.textContent = `curl ${quoted(location.origin + path)} -H 'content-type: application/json'${secret} \\\n  -d ${quoted(body)}`;
  }
  function params() {
    try { return JSON.parse(area.value).params; } catch { return undefined; }
  }
  function fromFields() {
    const request = form.asked(cells.map((cell, place) => parsed(cell.value, form.row[place].type)));
    area.value = JSON.stringify({ ...request, params: params() });
    refresh();
  }
  function reset() {
    if (few) cells.forEach((cell, place) => { cell.value = shown(form.row[place].value); });
    const request = { ...model.example };
    if (model.params.length && !request.params) request.params = Object.fromEntries(model.params.map(one => [one.name, one.default]));
    area.value = JSON.stringify(request);
    refresh();
  }
  async function ask() {
    button.disabled = true;
    const began = performance.now();
    try {
      const reply = await fetch(path, { method: 'POST', headers: headers({ 'content-type': 'application/json' }), body: area.value });
      const text = await reply.text();
      const took = (performance.now() - began).toFixed(1);
      state.className = reply.ok ? 'good' : 'bad';
      state.textContent = `${reply.status} · ${reply.headers.get('mls-model') || ''} · ${took} ms`;
      try { answer.textContent = JSON.stringify(JSON.parse(text), null, 1); } catch { answer.textContent = text; }
    } catch (error) {
      state.className = 'bad';
      state.textContent = 'The server does not answer.';
      answer.textContent = String(error);
    }
    button.disabled = false;
  }

  const button = make('button', { type: 'button', onclick: ask }, 'Ask');
  const again = make('button', { type: 'button', className: 'plain', onclick: reset }, 'Example');
  const left = make('div', {});
  if (few) {
    const fields = make('div', { className: 'fields' });
    cells = form.row.map(one => {
      const cell = make('input', { type: 'text', oninput: fromFields });
      fields.append(make('label', {}, make('span', {}, one.name, ' ', make('em', {}, one.type)), cell));
      return cell;
    });
    left.append(make('h3', {}, 'One row'), fields);
  }
  left.append(make('h3', {}, 'Request'), area, make('div', { className: 'row' }, button, again, state));
  area.addEventListener('input', refresh);
  reset();
  const taken = make('pre', {}, types(model.inputs).join('\n'));
  const given = make('pre', {}, types(model.outputs).join('\n'));
  const right = make('div', {}, make('h3', {}, 'Answer'), answer, make('h3', {}, 'Takes'), taken, make('h3', {}, 'Gives'), given);
  return make('section', {},
    make('h2', {}, model.reference, make('small', {}, model.engine)), make('div', { className: 'id' }, model.id),
    make('div', { className: 'halves' }, left, right), make('h3', {}, 'From a shell'), curl);
}

function login(main, wrong) {
  const field = make('input', { type: 'password', ariaLabel: 'Token', autocomplete: 'off' });
  const enter = () => { token = field.value.trim(); show(true); };
  field.addEventListener('keydown', event => { if (event.key === 'Enter') enter(); });
  main.replaceChildren(make('section', {}, make('h2', {}, 'This server asks for a token'),
    make('div', { className: 'row' }, field, make('button', { type: 'button', onclick: enter }, 'Show the models')),
    make('p', { className: 'bad' }, wrong ? 'That token is not taken.' : '')));
}

async function show(asked) {
  const main = document.getElementById('models');
  try {
    const reply = await fetch('/models', { headers: headers() });
    if (reply.status === 401) return login(main, asked);
    const models = await reply.json();
    main.replaceChildren(...models.map(section));
  } catch (error) {
    main.replaceChildren(make('p', { className: 'bad' }, 'The models cannot be read: ' + error));
  }
}

show(false);
