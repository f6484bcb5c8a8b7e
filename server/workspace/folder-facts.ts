import { opendir } from 'node:fs/promises';
import { join } from 'node:path';

/** A folder of pictures, counted without opening one. */
export interface FolderCounts {
  /** Names of the folders directly inside, in order: the classes where pictures are sorted by class. */
  readonly classes: readonly string[];
  /** Pictures below those folders, as torchvision's `ImageFolder` takes them; null where there are too many to list. */
  readonly pictures: number | null;
}

/** More entries than this are not listed without being asked to. */
const mostEntries = 300_000;
const mostClasses = 1000;
const deepest = 6;
/** What torchvision's `ImageFolder` loads (`IMG_EXTENSIONS`). */
const picture = /\.(?:jpe?g|png|ppm|bmp|pgm|tiff?|webp)$/i;

/** Lists in pieces, so that the event loop runs between them; null where the folder cannot be read or holds no folders. Links are not followed. */
export async function countFolder(path: string): Promise<FolderCounts | null> {
  const counter = new Counter();
  try {
    const classes = await counter.list(path, 0);
    if (classes.length === 0 || classes.length > mostClasses) return null;
    return { classes: classes.sort(), pictures: counter.left < 0 ? null : counter.pictures };
  } catch {
    return null;
  }
}

class Counter {
  left = mostEntries;
  pictures = 0;

  /** Counts what lies below and answers the names of the folders directly inside. */
  async list(path: string, depth: number): Promise<string[]> {
    const folders: string[] = [];
    for await (const entry of await opendir(path)) {
      if (--this.left < 0) break;
      if (entry.isDirectory() && !entry.name.startsWith('.')) folders.push(entry.name);
      else if (depth > 0 && entry.isFile() && picture.test(entry.name)) this.pictures++;
    }
    if (depth < deepest) for (const name of folders) if (this.left >= 0) await this.list(join(path, name), depth + 1);
    return folders;
  }
}
