import { createModels, type Models } from './lookup';
import type { LibraryModel } from './schema';

/** Every library that the analysis knows; adding one adds its file and its line here. */
export const libraries: readonly LibraryModel[] = [];

let shared: Models | null = null;

/** The answers for the libraries above, made once. */
export function builtInModels(): Models {
  shared ??= createModels(libraries);
  return shared;
}

export { createModels, type Models } from './lookup';
export type * from './schema';
