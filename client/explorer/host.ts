import type { SolveAnswer, WhatIfAnswer } from '../../server/protocol';
import type { FromPage, ToPage } from '../budget-messages';

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void };

/** The extension as the page sees it: questions that are answered, and wishes. */
export class Host {
  private readonly api = acquireVsCodeApi();
  private readonly waiting = new Map<number, (answer: unknown) => void>();
  private next = 0;

  constructor() {
    window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
      this.waiting.get(data.id)?.(data.answer);
      this.waiting.delete(data.id);
    });
  }

  whatIf(question: unknown): Promise<WhatIfAnswer> {
    return this.ask('whatIf', question) as Promise<WhatIfAnswer>;
  }

  solve(question: unknown): Promise<SolveAnswer> {
    return this.ask('solve', question) as Promise<SolveAnswer>;
  }

  tell(message: FromPage): void {
    this.api.postMessage(message);
  }

  private ask(method: 'whatIf' | 'solve', question: unknown): Promise<unknown> {
    const id = this.next++;
    return new Promise(resolve => {
      this.waiting.set(id, resolve);
      this.api.postMessage({ kind: 'ask', id, method, question });
    });
  }
}
