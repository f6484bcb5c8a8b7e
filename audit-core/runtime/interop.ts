/**
 * A CommonJS library that was imported dynamically: Node gives its names on the module, or, where it cannot see them (a bundled
 * file), on `default` alone. `key` is a name that the library surely has.
 */
export function interop<T extends object>(module: T, key: keyof T): T {
  if (key in module && module[key] !== undefined) return module;
  const inner = (module as { readonly default?: T }).default;
  return inner && key in inner ? inner : module;
}
