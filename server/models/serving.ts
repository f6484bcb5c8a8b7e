import type { CallModel, LibraryModel } from './schema';

const route = (framework: string): CallModel => ({
  parameters: ['path'],
  flow: 'none',
  events: [{ kind: 'serve', framework }],
});
const methods = (owner: string, names: string, framework: string) =>
  Object.fromEntries(names.split(' ').map(name => [`${owner}.${name}`, route(framework)]));
/** A response object carries what it is made of; the handler's return value is judged, not the making. */
const wraps: CallModel = { flow: 'derived' };
const verbs = 'get post put patch delete api_route route websocket';

export const flask: LibraryModel = {
  library: 'Flask',
  modules: ['flask'],
  classes: { 'flask.Flask': { roles: ['application'] }, 'flask.Blueprint': { roles: ['application'] } },
  calls: {
    ...methods('flask.Flask', `${verbs} add_url_rule`, 'flask'),
    ...methods('flask.Blueprint', verbs, 'flask'),
    'flask.jsonify': wraps,
    'flask.make_response': wraps,
    'flask.render_template': { parameters: ['template_name'], flow: 'derived' },
  },
};

export const fastapi: LibraryModel = {
  library: 'FastAPI',
  modules: ['fastapi', 'starlette'],
  classes: { 'fastapi.FastAPI': { roles: ['application'] }, 'fastapi.APIRouter': { roles: ['application'] } },
  calls: {
    ...methods('fastapi.FastAPI', verbs, 'fastapi'),
    ...methods('fastapi.APIRouter', verbs, 'fastapi'),
    'fastapi.responses.JSONResponse': wraps,
    'starlette.responses.JSONResponse': wraps,
    'starlette.routing.Route': {
      parameters: ['path', 'endpoint'],
      flow: 'none',
      events: [{ kind: 'serve', framework: 'starlette', handler: 'endpoint' }],
    },
  },
};

export const django: LibraryModel = {
  library: 'Django',
  modules: ['django', 'rest_framework'],
  calls: {
    'rest_framework.decorators.api_view': { flow: 'none', events: [{ kind: 'serve', framework: 'django' }] },
    'django.http.JsonResponse': {
      parameters: ['data'],
      flow: 'derived',
      events: [{ kind: 'serve', framework: 'django', response: 'data' }],
    },
    'rest_framework.response.Response': {
      parameters: ['data'],
      flow: 'derived',
      events: [{ kind: 'serve', framework: 'django', response: 'data' }],
    },
  },
};

/** Model servers and demos: BentoML, Ray Serve, Gradio, Streamlit. */
export const demos: LibraryModel = {
  library: 'model servers',
  modules: ['bentoml', 'ray', 'gradio', 'streamlit', 'aiohttp', 'sanic', 'quart'],
  classes: { 'sanic.Sanic': { roles: ['application'] }, 'quart.Quart': { roles: ['application'] } },
  calls: {
    'bentoml.api': { flow: 'none', events: [{ kind: 'serve', framework: 'bentoml' }] },
    'bentoml.Service.api': { flow: 'none', events: [{ kind: 'serve', framework: 'bentoml' }] },
    'gradio.Interface': {
      parameters: ['fn', 'inputs', 'outputs'],
      flow: 'none',
      events: [{ kind: 'serve', framework: 'gradio', handler: 'fn' }],
    },
    ...Object.fromEntries(
      ['write', 'metric', 'dataframe', 'table', 'json', 'bar_chart', 'text', 'success', 'markdown', 'info'].map(
        name => [
          `streamlit.${name}`,
          {
            flow: 'none',
            events: [{ kind: 'serve', framework: 'streamlit', response: 'arguments' }],
          } satisfies CallModel,
        ],
      ),
    ),
    ...methods('sanic.Sanic', verbs, 'sanic'),
    ...methods('quart.Quart', verbs, 'quart'),
  },
};
