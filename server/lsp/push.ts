import { diagnosticsOf } from './diagnostics';
import { describe } from './run-safe';
import type { Session } from './session';

const DEBOUNCE_MS = 200;

/** `textDocument/publishDiagnostics` for clients that do not pull: soon after opening, at rest while typing. */
export class Pusher {
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(private readonly session: Session) {
    session.pushers.push(() => {
      for (const document of session.shown()) this.soon(document.uri, 0);
    });
  }

  soon(uri: string, delay = DEBOUNCE_MS): void {
    if (this.session.pulls) return;
    clearTimeout(this.timers.get(uri));
    this.timers.set(
      uri,
      setTimeout(() => void this.push(uri), delay),
    );
  }

  /** A closed document shows nothing. */
  clear(uri: string): void {
    clearTimeout(this.timers.get(uri));
    this.timers.delete(uri);
    if (!this.session.pulls) void this.session.connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private async push(uri: string): Promise<void> {
    this.timers.delete(uri);
    const version = this.session.documents.get(uri)?.version;
    if (version === undefined) return;
    try {
      const diagnostics = await diagnosticsOf(this.session, uri);
      // A newer text has its own timer running.
      if (this.session.documents.get(uri)?.version !== version) return;
      await this.session.connection.sendDiagnostics({ uri, version, diagnostics });
    } catch (error) {
      this.session.log(`publishDiagnostics: ${describe(error)}`);
    }
  }
}
