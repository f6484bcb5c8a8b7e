import type { CallModel, ClassModel, LibraryModel } from './schema';

const route = (framework: string): CallModel => ({
  parameters: ['path'],
  flow: 'none',
  events: [{ kind: 'serve', framework }],
});
const methods = (owner: string, names: string, framework: string) =>
  Object.fromEntries(names.split(' ').map(name => [`${owner}.${name}`, route(framework)]));
/** A response object carries what it is made of; the handler's return value is judged, not the making. */
const wraps: CallModel = { flow: 'derived' };
/** A file handed to whoever asks: weights are told by their name. */
const hands = (parameter: string): CallModel => ({
  parameters: [parameter],
  flow: 'derived',
  events: [{ kind: 'send', to: 'browser', what: 'unknown', values: [parameter] }],
});
const verbs = 'get post put patch delete api_route route websocket';
const application: ClassModel = { roles: ['application'] };
/** What a request brings: rows or texts of whoever asks. */
const request = { flow: 'none', adds: ['records'] } as const;
const asked: CallModel = { flow: 'none', adds: ['records'], events: [{ kind: 'load', format: 'request' }] };

export const flask: LibraryModel = {
  library: 'Flask',
  modules: ['flask', 'flask_restful', 'flask_restx', 'flask_smorest', 'apiflask', 'quart'],
  aliases: {
    'flask_restx.Resource': 'flask_restful.Resource',
    'flask.views.MethodView': 'flask_restful.Resource',
    'apiflask.APIFlask': 'flask.Flask',
    'apiflask.APIBlueprint': 'flask.Blueprint',
    'flask_smorest.Blueprint': 'flask.Blueprint',
  },
  classes: {
    'flask.Flask': application,
    'flask.Blueprint': application,
    'quart.Quart': application,
    'flask_restful.Resource': { answers: { framework: 'flask', methods: ['get', 'post', 'put'] } },
    'flask.request': { attributes: { json: request, form: request, files: request, data: request, args: request } },
  },
  calls: {
    ...methods('flask.Flask', `${verbs} add_url_rule`, 'flask'),
    ...methods('flask.Blueprint', verbs, 'flask'),
    ...methods('quart.Quart', verbs, 'quart'),
    'flask.request.get_json': asked,
    'flask.jsonify': wraps,
    'flask.make_response': wraps,
    'flask.Response': wraps,
    'flask.render_template': { parameters: ['template_name'], flow: 'derived' },
    'flask.render_template_string': { parameters: ['source'], flow: 'derived' },
    'flask.send_file': hands('path_or_file'),
    'flask.send_from_directory': { ...hands('path'), parameters: ['directory', 'path'] },
  },
};

export const fastapi: LibraryModel = {
  library: 'FastAPI',
  modules: ['fastapi', 'starlette', 'litestar', 'robyn'],
  aliases: {
    'starlette.responses.JSONResponse': 'fastapi.responses.JSONResponse',
    'starlette.responses.FileResponse': 'fastapi.responses.FileResponse',
    'fastapi.routing.APIRouter': 'fastapi.APIRouter',
    'starlette.requests.Request': 'fastapi.Request',
    'fastapi.requests.Request': 'fastapi.Request',
    'fastapi.WebSocket': 'fastapi.Request',
  },
  classes: {
    'fastapi.FastAPI': application,
    'fastapi.APIRouter': application,
    'starlette.applications.Starlette': application,
    'starlette.endpoints.HTTPEndpoint': { answers: { framework: 'starlette', methods: ['get', 'post'] } },
    'litestar.Controller': {},
    'fastapi.Request': { attributes: { app: { type: 'fastapi.FastAPI', flow: 'none' } } },
  },
  calls: {
    ...methods('fastapi.FastAPI', verbs, 'fastapi'),
    ...methods('fastapi.APIRouter', verbs, 'fastapi'),
    'fastapi.FastAPI.add_api_route': {
      parameters: ['path', 'endpoint'],
      flow: 'none',
      events: [{ kind: 'serve', framework: 'fastapi', handler: 'endpoint' }],
    },
    'fastapi.responses.JSONResponse': wraps,
    'fastapi.encoders.jsonable_encoder': { parameters: ['obj'], flow: 'same', from: ['obj'] },
    'fastapi.responses.FileResponse': hands('path'),
    'starlette.applications.Starlette.route': route('starlette'),
    'starlette.routing.Route': {
      parameters: ['path', 'endpoint'],
      flow: 'none',
      events: [{ kind: 'serve', framework: 'starlette', handler: 'endpoint' }],
    },
    'litestar.get': route('litestar'),
    'litestar.post': route('litestar'),
  },
};

const answered = (response: string): CallModel => ({
  parameters: [response],
  flow: 'derived',
  events: [{ kind: 'serve', framework: 'django', response }],
});

/** Django and its REST framework: the response object is the answer, whatever view makes it. */
export const django: LibraryModel = {
  library: 'Django',
  modules: ['django', 'rest_framework', 'ninja'],
  classes: { 'ninja.NinjaAPI': application, 'ninja.Router': application },
  calls: {
    'rest_framework.decorators.api_view': { flow: 'none', events: [{ kind: 'serve', framework: 'django' }] },
    'django.http.JsonResponse': answered('data'),
    'django.http.HttpResponse': answered('content'),
    'rest_framework.response.Response': answered('data'),
    'django.shortcuts.render': {
      parameters: ['request', 'template_name', 'context'],
      flow: 'derived',
      events: [{ kind: 'serve', framework: 'django', response: 'context' }],
    },
    'django.http.FileResponse': hands('streaming_content'),
    ...methods('ninja.NinjaAPI', verbs, 'django-ninja'),
    ...methods('ninja.Router', verbs, 'django-ninja'),
  },
};

/** Other small web frameworks and serverless functions. */
export const webFrameworks: LibraryModel = {
  library: 'web frameworks',
  modules: [
    'aiohttp',
    'sanic',
    'bottle',
    'tornado',
    'falcon',
    'chalice',
    'dash',
    'functions_framework',
    'modal',
    'mcp',
    'fastmcp',
  ],
  aliases: { 'mcp.server.fastmcp.FastMCP': 'fastmcp.FastMCP', 'fastmcp.server.FastMCP': 'fastmcp.FastMCP' },
  classes: {
    'sanic.Sanic': application,
    'bottle.Bottle': application,
    'chalice.Chalice': application,
    'aiohttp.web.RouteTableDef': application,
    'dash.Dash': application,
    'fastmcp.FastMCP': application,
    'tornado.web.RequestHandler': { answers: { framework: 'tornado', methods: ['get', 'post'] } },
  },
  calls: {
    ...methods('sanic.Sanic', verbs, 'sanic'),
    ...methods('bottle.Bottle', verbs, 'bottle'),
    ...methods('chalice.Chalice', 'route', 'chalice'),
    ...methods('aiohttp.web.RouteTableDef', 'get post put', 'aiohttp'),
    'bottle.route': route('bottle'),
    'bottle.post': route('bottle'),
    'aiohttp.web.json_response': wraps,
    'sanic.response.json': wraps,
    'tornado.web.RequestHandler.write': {
      parameters: ['chunk'],
      flow: 'none',
      events: [{ kind: 'serve', framework: 'tornado', response: 'chunk' }],
    },
    'dash.Dash.callback': route('dash'),
    'dash.callback': route('dash'),
    'functions_framework.http': route('cloud function'),
    ...Object.fromEntries(
      'fastapi_endpoint web_endpoint asgi_app'.split(' ').map(name => [`modal.${name}`, route('modal')]),
    ),
    // A tool or resource of a model context server answers whichever model asks.
    ...methods('fastmcp.FastMCP', 'tool resource', 'mcp'),
  },
};
