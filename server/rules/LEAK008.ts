import type { SendEvent } from '../facts/events';
import { caused, finding, isPeople, peopleOf, peopleTier, weakest } from './evidence';
import type { Rule, RuleContext } from './rule';

/** The module runs on a server: what it loads stays there. */
const onServer =
  /tfjs-node|onnxruntime-node|require\(['"](?:node:)?(?:fs|path|express|http|fastify)['"]\)|from ['"](?:node:\w+|fs|path|express|fastify|next\/server|hono)['"]|['"]use server['"]/;
/** Models that the visitor's own browser keeps, or that a file system has, were not delivered. */
const local = /^(?:file|localstorage|indexeddb|downloads):/i;

export const LEAK008: Rule = {
  id: 'LEAK008',
  name: 'model-shipped',
  summary: 'A model of person data is delivered whole to clients.',
  severity: 'information',
  check: context =>
    caused(context.of('send')).flatMap(event => {
      if (event.to !== 'browser' || event.what !== 'model' || stays(context, event)) return [];
      const people = peopleOf(context, ...event.values);
      if (!isPeople(people)) return [];
      return [
        finding(LEAK008, event, {
          tier: weakest(event.tier, peopleTier(people)),
          message:
            `The whole model is handed to whoever opens the page: every visitor holds its weights. Person data because ${people.reason}. ` +
            'White-box membership and inversion attacks need nothing more. ' +
            'Serve labels from a server, or ship a model trained with DP and audited.',
        }),
      ];
    }),
};

function stays(context: RuleContext, event: SendEvent): boolean {
  const path = event.values[0]?.constant?.value;
  if (typeof path === 'string' && local.test(path)) return true;
  // A server that hands a file out ships it; one that loads a model does not.
  const loads = context.of('load-model').some(load => load.span.start === event.span.start);
  return loads && onServer.test(context.text);
}
