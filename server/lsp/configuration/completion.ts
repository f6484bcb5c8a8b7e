import {
  type CompletionItem,
  CompletionItemKind,
  type CompletionParams,
  InsertTextFormat,
} from 'vscode-languageserver';
import type { Session } from '../session';
import { configurationKind, ownPath } from './files';
import { placeIn, type TomlPlace } from './place';
import { alternatives, keysAt, nodeAt, type SchemaNode, tables, takesRules } from './schema';

type Rules = Session['host']['rules'];

/** `textDocument/completion` in a configuration: tables, keys with what they mean, values, and the rules. */
export function completion(session: Session, params: CompletionParams): CompletionItem[] {
  const { uri } = params.textDocument;
  const document = session.documents.get(uri);
  const kind = configurationKind(uri);
  if (!document || !kind) return [];
  const place = placeIn(document.getText(), document.offsetAt(params.position));
  if (place.at === 'header') return headers(document.getText(), kind, place);
  const path = ownPath(place.path, kind);
  if (path === null) return [];
  const snippets = session.client.textDocument?.completion?.completionItem?.snippetSupport === true;
  const rules = session.host.rules;
  return place.at === 'key' ? keys(path, place, snippets, rules) : values(nodeAt(path), place, rules);
}

function headers(text: string, kind: string, { word }: TomlPlace): CompletionItem[] {
  const prefix = kind === 'pyproject.toml' || /^\s*\[+\s*tool\.epsilint/m.test(text) ? 'tool.epsilint.' : '';
  return tables().map(({ name, list, node }) => ({
    label: list ? `[[${prefix}${name}]]` : `[${prefix}${name}]`,
    filterText: prefix + name,
    // What is typed before the last dot stays as it is.
    insertText: (prefix + name).slice(word.lastIndexOf('.') + 1),
    kind: CompletionItemKind.Module,
    ...documented(node),
  }));
}

function keys(path: readonly string[], place: TomlPlace, snippets: boolean, rules: Rules): CompletionItem[] {
  const node = nodeAt(path);
  const named = keysAt(path)
    .filter(([name]) => !place.taken.includes(name))
    .map(([name, inside]) => ({
      label: name,
      kind: CompletionItemKind.Property,
      ...documented(inside),
      ...(snippets
        ? { insertText: `${name} = ${opening(inside)}`, insertTextFormat: InsertTextFormat.Snippet }
        : { insertText: `${name} = ` }),
    }));
  const byRule = node?.propertyNames && takesRules(node.propertyNames) ? ruleItems(rules(), false) : [];
  return [...named, ...byRule.map(item => ({ ...item, insertText: `${item.label} = ` }))];
}

function values(node: SchemaNode | null, { quoted }: TomlPlace, rules: Rules): CompletionItem[] {
  if (!node) return [];
  const quote = (text: string): string => (quoted ? text : `"${text}"`);
  const plain = alternatives(node).flatMap(one => {
    const inside = one.items ?? one;
    if (inside.type === 'boolean') return ['true', 'false'];
    return (inside.enum ?? []).map(value => quote(String(value)));
  });
  const items = plain.map(label => ({ label, kind: CompletionItemKind.EnumMember, ...documented(node) }));
  return takesRules(node) ? [...items, ...ruleItems(rules(), !quoted)] : items;
}

function ruleItems(all: ReturnType<Rules>, quotes: boolean): CompletionItem[] {
  const families = [...new Set(all.map(({ id }) => id.replace(/\d+$/, '')))];
  const item = (label: string, detail: string): CompletionItem => ({
    label,
    detail,
    kind: CompletionItemKind.Constant,
    insertText: quotes ? `"${label}"` : label,
    filterText: quotes ? `"${label}"` : label,
  });
  return [
    ...families.map(family => item(family, `all rules of ${family}`)),
    ...all.map(({ id, name }) => item(id, name)),
  ];
}

const documented = ({ description }: SchemaNode): Partial<CompletionItem> =>
  description === undefined ? {} : { documentation: description };

/** How a value of that kind begins, with the cursor inside. */
function opening(node: SchemaNode): string {
  const types = alternatives(node).map(({ type }) => type);
  if (types.includes('array')) return '["$1"]';
  if (types.includes('string')) return '"$1"';
  return types.includes('object') ? '{ $1 }' : '$1';
}
