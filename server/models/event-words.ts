import type { Event } from '../facts/events';

/** What one event says, in one word: its kind, and where it goes or what it is. */
export function said(event: Event): string {
  switch (event.kind) {
    case 'load':
      return `load ${event.format}`;
    case 'train':
    case 'predict':
    case 'split':
      return event.kind;
    case 'log':
      return `log ${event.sink}`;
    case 'export':
      return `export ${event.sink}`;
    case 'save':
      return `save ${event.format}`;
    case 'send':
      return `send ${event.to}`;
    case 'serve':
      return `serve ${event.framework}`;
    case 'federate':
      return `federate ${event.protections[0] ?? event.role}`;
    case 'synthesise':
      return `synthesise ${event.step}`;
    case 'load-model':
      return `load-model ${event.format}`;
    case 'privatise':
      return `privatise ${event.library}`;
    case 'mark':
      return `mark ${event.mark}`;
    default:
      return event.kind;
  }
}
