import { isOperation, type Recipe, type Term } from './recipe';
import type { DataStore } from './store';

/**
 * Names of feature columns as they may be shown. One-hot encoding puts values of the data into names: only names that stand in a file's header
 * or in the script itself are shown, others by the column they were made from.
 */
export function shownNames(names: readonly string[], recipe: Recipe, store: DataStore): string[] {
  const known = knownNames(recipe, store);
  const count = new Map<string, number>();
  return names.map(name => {
    if (known.has(name) || /^\d*$/.test(name)) return name;
    const from =
      [...known].filter(each => each !== '' && name.startsWith(`${each}_`)).sort((a, b) => b.length - a.length)[0] ??
      'column';
    const nth = (count.get(from) ?? 0) + 1;
    count.set(from, nth);
    return `${from}, level ${nth}`;
  });
}

/** Names that are no values: those of the files' headers and those that the script itself spells (`recipe` as it was inferred from it). */
export function knownNames(recipe: Recipe, store: DataStore): Set<string> {
  const known = new Set<string>();
  for (const { grid } of store.opened()) for (const name of grid.names) known.add(name);
  const seen = new Set<Term>();
  const collect = (term: Term): void => {
    if (seen.has(term)) return;
    seen.add(term);
    if ('value' in term) {
      if (typeof term.value === 'string') known.add(term.value);
    } else if ('items' in term) term.items.forEach(collect);
    else if (isOperation(term)) [...term.args, ...Object.values(term.named)].forEach(collect);
  };
  collect(recipe.features);
  if (recipe.label) collect(recipe.label);
  return known;
}
