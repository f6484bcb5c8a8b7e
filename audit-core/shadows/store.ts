import type { ShadowScores } from './engine';
import { ShadowError } from './engine';

/** A private folder: files by plain name, written whole or not at all, readable by their owner only. */
export interface PrivateFolder {
  list(): Promise<readonly string[]>;
  read(name: string): Promise<Uint8Array | null>;
  write(name: string, bytes: Uint8Array): Promise<void>;
}

/** What a run is of; everything that must be the same for its scores to be used again. */
export interface ShadowRun {
  readonly version: 1;
  /** Hash over data, code, recipe, engine and seed. */
  readonly key: string;
  readonly engine: string;
  readonly rows: number;
  readonly seed: number;
  /** When it was begun, ISO 8601. */
  readonly begun: string;
}

const runFile = 'run.json';
const magic = 0x31535045; // "EPS1", little-endian
const nameOf = (model: number): string => `model-${String(model).padStart(4, '0')}.scores`;

/**
 * The scores of reference models, one file a model, so that a crash loses the running ones only. Models are never kept. Scores tell who
 * was in the training data: the folder is as private as the data.
 */
export class ScoreStore {
  private constructor(
    private readonly folder: PrivateFolder,
    readonly run: ShadowRun,
  ) {}

  /** Opens the run in the folder or begins it. A folder of another run is refused: its caller names folders by key. */
  static async open(folder: PrivateFolder, run: ShadowRun): Promise<ScoreStore> {
    const bytes = await folder.read(runFile);
    if (bytes) {
      const held = parse(bytes);
      if (held && (held.key !== run.key || held.rows !== run.rows))
        throw new ShadowError('The score folder belongs to another run; purge it (--purge) and start again.');
      if (held) return new ScoreStore(folder, held);
    }
    await folder.write(runFile, new TextEncoder().encode(`${JSON.stringify(run)}\n`));
    return new ScoreStore(folder, run);
  }

  /** Numbers of the models whose scores are there, ascending. */
  async finished(): Promise<number[]> {
    const found = (await this.folder.list()).flatMap(name => {
      const match = /^model-(\d+)\.scores$/.exec(name);
      return match ? [Number(match[1])] : [];
    });
    return found.sort((a, b) => a - b);
  }

  /** null where the file is missing or was damaged; such a model is trained again. */
  async read(model: number): Promise<ShadowScores | null> {
    const bytes = await this.folder.read(nameOf(model));
    if (!bytes || bytes.byteLength < 12) return null;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const rows = view.getUint32(4, true);
    const width = view.getUint32(8, true);
    if (view.getUint32(0, true) !== magic || rows !== this.run.rows || width === 0) return null;
    if (bytes.byteLength !== 12 + 4 * rows * width) return null;
    return { outputs: new Float32Array(bytes.slice(12).buffer), width };
  }

  async write(model: number, scores: ShadowScores): Promise<void> {
    const { outputs, width } = scores;
    const bytes = new Uint8Array(12 + outputs.byteLength);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, magic, true);
    view.setUint32(4, this.run.rows, true);
    view.setUint32(8, width, true);
    bytes.set(new Uint8Array(outputs.buffer, outputs.byteOffset, outputs.byteLength), 12);
    await this.folder.write(nameOf(model), bytes);
  }
}

function parse(bytes: Uint8Array): ShadowRun | null {
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes)) as Partial<ShadowRun>;
    return value.version === 1 && typeof value.key === 'string' && typeof value.rows === 'number'
      ? (value as ShadowRun)
      : null;
  } catch {
    return null;
  }
}
