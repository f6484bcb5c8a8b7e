import { type Hover, type HoverParams, MarkupKind } from 'vscode-languageserver';
import { ruleMarkdown } from '../features/rule-page';
import type { Session } from '../session';
import { configurationKind, ownPath } from './files';
import { partsOf, placeIn } from './place';
import { alternatives, nodeAt } from './schema';

/** `textDocument/hover` in a configuration: what the key under the cursor means, or the rule that is named there. */
export function configurationHover(session: Session, params: HoverParams): Hover | null {
  const { uri } = params.textDocument;
  const document = session.documents.get(uri);
  const kind = configurationKind(uri);
  if (!document || !kind) return null;
  const text = document.getText();
  const { line, character } = params.position;
  const start = document.offsetAt({ line, character: 0 });
  const whole = text.slice(start, document.offsetAt({ line: line + 1, character: 0 }));
  const word = [...whole.matchAll(/[\w-]+/g)].find(
    ({ index, 0: found }) => index <= character && character <= index + found.length,
  );
  if (!word) return null;
  const range = {
    start: { line, character: word.index },
    end: { line, character: word.index + word[0].length },
  };
  const end = start + word.index + word[0].length;
  const place = placeIn(text, end);
  const path = ownPath(
    place.at === 'key' ? [...place.path, word[0]] : place.at === 'header' ? partsOf(place.word) : place.path,
    kind,
  );
  if (path === null) return null;
  const page = /^[A-Z]{2,5}\d{3}$/.test(word[0]) ? session.host.rulePage(word[0]) : null;
  if (page) return { contents: { kind: MarkupKind.Markdown, value: ruleMarkdown(word[0], null, page) }, range };
  const node = nodeAt(path);
  if (!node || path.length === 0) return null;
  const values = alternatives(node).flatMap(one => (one.items ?? one).enum ?? []);
  const lines = [
    `**${path.join('.')}**`,
    ...(node.description ? [node.description] : []),
    ...(values.length > 0 ? [`One of ${values.map(value => `\`${String(value)}\``).join(', ')}.`] : []),
  ];
  return { contents: { kind: MarkupKind.Markdown, value: lines.join('\n\n') }, range };
}
