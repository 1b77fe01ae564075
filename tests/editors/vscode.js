// A session with `stratiform lsp` through the library that VS Code's clients are made of:
//
//   npm install vscode-languageserver-protocol
//   node vscode.js stratiform queue.yaml
//
// It prints what was asked, and what was answered.
const { spawn } = require('child_process');
const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');
const protocol = require('vscode-languageserver-protocol/node');

const [program, file] = process.argv.slice(2);
const uri = pathToFileURL(path.resolve(file)).toString();
let text = fs.readFileSync(file, 'utf8');

const server = spawn(program, ['lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
const connection = protocol.createProtocolConnection(server.stdout, server.stdin);
const told = [];
const waiting = [];
connection.onNotification(protocol.PublishDiagnosticsNotification.type, (params) => {
  const next = waiting.shift();
  next ? next(params) : told.push(params);
});
connection.listen();
const diagnostics = () => told.length ? told.shift() : new Promise((resolve) => waiting.push(resolve));

// Where the n-th occurrence of something is, in units of UTF-16, as JavaScript counts.
function at(needle, inside = 0) {
  const offset = text.indexOf(needle) + inside;
  const before = text.slice(0, offset).split('\n');
  return { line: before.length - 1, character: before[before.length - 1].length };
}
const ask = (type, position, more = {}) =>
  connection.sendRequest(type, { textDocument: { uri }, position, ...more });
const shown = ({ line, character }) => `${line + 1}:${character + 1}`;
const say = (heading, lines) => console.log(`${heading}\n${lines.map((line) => `    ${line}`).join('\n')}\n`);
// An editor shows what has the typed letters in it.
const matching = ({ items }, typed) => items.filter((it) => it.filterText.startsWith(typed)).slice(0, 3);
const found = ({ diagnostics }) => diagnostics.map((it) =>
  `${shown(it.range.start)} ${['', 'error', 'warning', 'information', 'hint'][it.severity]}[${it.code}] ${it.message.replace('\n', '; ')}`);

async function main() {
  const { capabilities, serverInfo } = await connection.sendRequest(protocol.InitializeRequest.type, {
    processId: process.pid,
    rootUri: pathToFileURL(process.cwd()).toString(),
    capabilities: { textDocument: { documentSymbol: { hierarchicalDocumentSymbolSupport: true } } },
  });
  say(`initialize → ${serverInfo.name}`, [Object.keys(capabilities).join(', ')]);
  connection.sendNotification(protocol.InitializedNotification.type, {});

  connection.sendNotification(protocol.DidOpenTextDocumentNotification.type, {
    textDocument: { uri, languageId: 'yaml', version: 1, text },
  });
  say('didOpen → publishDiagnostics', found(await diagnostics()));

  const hover = await ask(protocol.HoverRequest.type, at('VisibilityTimeout', 3));
  say('hover on VisibilityTimeout', hover.contents.value.split('\n').filter(Boolean));
  const attribute = await ask(protocol.HoverRequest.type, at('Dead.Arn', 6));
  say('hover on Dead.Arn', attribute.contents.value.split('\n').filter(Boolean));

  const definition = await ask(protocol.DefinitionRequest.type, at('[Prod', 2));
  say('definition of Prod', [shown(definition.range.start)]);
  const references = await ask(protocol.ReferencesRequest.type, at('Prod', 1), { context: { includeDeclaration: true } });
  say('references to Prod', references.map((it) => shown(it.range.start)));

  const symbols = await connection.sendRequest(protocol.DocumentSymbolRequest.type, { textDocument: { uri } });
  say('documentSymbol', symbols.map((it) => `${it.name}: ${it.children.map((it) => it.name).join(', ')}`));

  const range = { start: at('DelaySecond'), end: at('DelaySecond') };
  const actions = await connection.sendRequest(protocol.CodeActionRequest.type, {
    textDocument: { uri }, range, context: { diagnostics: [] },
  });
  say('codeAction on DelaySecond', actions.map((it) => `${it.title}: ${JSON.stringify(it.edit.changes[uri])}`));

  // What is typed: a new property, and the beginning of a reference.
  let version = 1;
  const type = (position, typed) => {
    const lines = text.split('\n');
    const line = lines[position.line];
    lines[position.line] = line.slice(0, position.character) + typed + line.slice(position.character);
    text = lines.join('\n');
    version += 1;
    connection.sendNotification(protocol.DidChangeTextDocumentNotification.type, {
      textDocument: { uri, version },
      contentChanges: [{ range: { start: position, end: position }, text: typed }],
    });
  };
  type(at('      RedrivePolicy'), '      Kms\n');
  const properties = await ask(protocol.CompletionRequest.type, at('      Kms', 9));
  say('completion behind Kms', matching(properties, 'Kms').map((it) => `${it.label} (${it.detail})`));
  type(at('      Kms', 9), 'MasterKeyId: !GetAtt Dead.');
  const attributes = await ask(protocol.CompletionRequest.type, at('Dead.\n', 5));
  say('completion behind !GetAtt Dead.', matching(attributes, 'Dead.').map((it) => `${it.label} → ${it.textEdit.newText}`));

  await connection.sendRequest(protocol.ShutdownRequest.type);
  connection.sendNotification(protocol.ExitNotification.type);
  const code = await new Promise((resolve) => server.on('exit', resolve));
  say('shutdown, exit', [`exit code ${code}`]);
  connection.dispose();
}

main().catch((error) => { console.error(error); server.kill(); process.exit(1); });
