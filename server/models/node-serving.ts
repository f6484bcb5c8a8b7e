import type { CallModel, ClassModel, LibraryModel } from './schema';

const application: ClassModel = { roles: ['application'] };
const made = (result: string): CallModel => ({ result, flow: 'none' });
const served = (framework: string): CallModel => ({
  parameters: ['body'],
  flow: 'none',
  events: [{ kind: 'serve', framework, response: 'body' }],
});
/** The last argument handles the request: what it returns is the answer, if it does not answer through an object. */
const routes = (owner: string, framework: string): Record<string, CallModel> =>
  Object.fromEntries(
    ['get', 'post', 'put', 'patch', 'delete'].map(verb => [
      `${owner}.${verb}`,
      { parameters: ['path', '*handlers'], flow: 'none', events: [{ kind: 'serve', framework, handler: '*handlers' }] },
    ]),
  );
const decorators = 'Get Post Put Patch Delete All'.split(' ');

/** Handlers mostly answer through a response object whose class is never written down: `res.json(body)`, `reply.send(body)`, `c.json(body)`. */
export const nodeServing: LibraryModel = {
  library: 'Node servers',
  modules: ['express', 'fastify', 'next', 'next/server', 'hono', '@nestjs/common', '@hapi/hapi', 'builtins', '*'],
  aliases: { 'express.default': 'express', 'fastify.default': 'fastify' },
  classes: {
    'express.Application': application,
    'fastify.Application': application,
    'hono.Hono': application,
  },
  calls: {
    express: made('express.Application'),
    'express.Router': made('express.Application'),
    'express.static': {
      parameters: ['root'],
      flow: 'none',
      events: [{ kind: 'mark', mark: 'static', values: ['root'] }],
    },
    ...routes('express.Application', 'express'),
    fastify: made('fastify.Application'),
    ...routes('fastify.Application', 'fastify'),
    ...routes('hono.Hono', 'hono'),
    ...Object.fromEntries(
      decorators.map(name => [
        `@nestjs/common.${name}`,
        { parameters: ['path'], flow: 'none', events: [{ kind: 'serve', framework: 'nestjs' }] } satisfies CallModel,
      ]),
    ),
    'next/server.NextResponse.json': served('next'),
    'builtins.NextResponse.json': served('next'),
    'builtins.Response.json': served('next'),
    'builtins.Response': served('next'),
    // With nothing to say it reads what a request brought or another server answered.
    '*.json': {
      ...served('express'),
      variants: [{ when: { argument: 'body', given: false }, flow: 'same', from: ['receiver'], events: [] }],
    },
    '*.send': served('express'),
    '*.sendFile': {
      parameters: ['path'],
      flow: 'none',
      events: [{ kind: 'send', to: 'browser', what: 'unknown', values: ['path'] }],
    },
  },
};
