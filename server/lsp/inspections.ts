import { hazardFindings } from '../audit/hazards';
import type { CheckpointPage } from '../protocol';
import { ByStamp } from './by-stamp';
import type { AuditFinding, DataPage } from './host';
import { refreshAll } from './refresh';
import { describe } from './run-safe';
import type { Session } from './session';

/** A file is looked at again for changes when it is asked about after so long (ms). */
const FRESH = 5_000;

/** What is in the checkpoints and data files that scripts name: read in a thread, kept by size and time of the file, only where trusted. */
export class Inspections {
  private readonly pages: ByStamp<CheckpointPage>;
  private readonly data: ByStamp<DataPage | null>;
  private readonly seen = new Map<string, { readonly at: number; readonly page: CheckpointPage | null }>();

  constructor(private readonly session: Session) {
    const stamp = (path: string): Promise<string | null> => session.host.stamp(path);
    this.pages = new ByStamp(
      async key => {
        const [path, script] = fromKey(key);
        const own = ofFile(await stamp(path));
        return own === null ? null : `${own} ${script === null ? '' : await stamp(script)}`;
      },
      key => session.host.inspect(...fromKey(key), session.settings.readTimeLimitSeconds),
    );
    this.data = new ByStamp(stamp, path => session.host.describeData(path, session.settings.readTimeLimitSeconds));
  }

  /** What is known now; looks in the background, and shows the script again when it learns of a hazard. */
  look(path: string): CheckpointPage | null {
    if (!this.session.trusted) return null;
    const seen = this.seen.get(path);
    const before = seen?.page ?? null;
    if (!seen || performance.now() - seen.at > FRESH) {
      this.seen.set(path, { at: performance.now(), page: before });
      void this.of(path).then(
        page => {
          if (hazardous(page) !== hazardous(before) || (hazardous(page) && page !== before)) refreshAll(this.session);
        },
        error => this.session.log(`inspect: ${describe(error)}`),
      );
    }
    return before;
  }

  /** null where there is no such file. `script`: the path of one that saves or loads it. */
  async of(path: string, script: string | null = null): Promise<CheckpointPage | null> {
    const page = await this.pages.of(keyOf(path, script));
    if (script === null) this.seen.set(path, { at: performance.now(), page });
    return page;
  }

  /** Rows and columns of a data file, files of a folder; null where there is nothing, or the workspace is not trusted. */
  async dataOf(path: string): Promise<DataPage | null> {
    return this.session.trusted ? this.data.of(path) : null;
  }

  /** AUD005 for a checkpoint that holds more than weights. */
  findings(path: string): AuditFinding[] {
    const page = this.look(path);
    return page ? hazardFindings(page.name, page.hazards) : [];
  }
}

const keyOf = (path: string, script: string | null): string => `${path}\0${script ?? ''}`;

function fromKey(key: string): [path: string, script: string | null] {
  const [path = '', script = ''] = key.split('\0');
  return [path, script === '' ? null : script];
}

/** Folders hold no checkpoint that is read here. */
const ofFile = (stamp: string | null): string | null => (stamp?.startsWith('folder:') ? null : stamp);

const hazardous = (page: CheckpointPage | null): boolean => page !== null && page.hazards.length > 0;
