import { hazardFindings } from '../audit/hazards';
import type { CheckpointPage } from '../protocol';
import type { AuditFinding } from './host';
import { refreshAll } from './refresh';
import { describe } from './run-safe';
import type { Session } from './session';

/** A file is looked at again for changes when it is asked about after so long (ms). */
const FRESH = 5_000;

interface Known {
  checked: number;
  stamp: string | null;
  page: CheckpointPage | null;
}

/** What is in the checkpoints that scripts name: read in a thread, kept by size and time of the file, only where trusted. */
export class Inspections {
  private readonly known = new Map<string, Known>();

  constructor(private readonly session: Session) {}

  /** What is known now; looks in the background, and shows the script again when it learns of a hazard. */
  look(path: string): CheckpointPage | null {
    if (!this.session.trusted) return null;
    const known = this.known.get(path);
    if (!known || performance.now() - known.checked > FRESH) {
      const before = known?.page ?? null;
      void this.of(path).then(
        page => {
          if (hazardous(page) || hazardous(before)) refreshAll(this.session);
        },
        error => this.session.log(`inspect: ${describe(error)}`),
      );
    }
    return known?.page ?? null;
  }

  /** null where there is no such file. */
  async of(path: string): Promise<CheckpointPage | null> {
    const known = this.known.get(path) ?? { checked: 0, stamp: null, page: null };
    this.known.set(path, known);
    known.checked = performance.now();
    const stamp = await this.session.host.stamp(path);
    if (stamp === known.stamp) return known.page;
    const page = stamp === null ? null : await this.session.host.inspect(path);
    known.stamp = stamp;
    known.page = page;
    return page;
  }

  /** AUD005 for a checkpoint that holds more than weights. */
  findings(path: string): AuditFinding[] {
    const page = this.look(path);
    return page ? hazardFindings(page.name, page.hazards) : [];
  }
}

const hazardous = (page: CheckpointPage | null): boolean => page !== null && page.hazards.length > 0;
