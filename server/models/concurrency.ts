import type { CallModel, LibraryModel } from './schema';

/** The function is called with the rest of what is given. */
const submits = (first: string): CallModel => ({
  parameters: [first, '*rest'],
  from: ['rest'],
  flow: 'derived',
  callbacks: [{ function: first, with: ['*rest'] }],
});
/** The function is called with elements of what is given. */
const maps = (first: string): CallModel => ({
  parameters: [first, 'iterable'],
  from: ['iterable'],
  flow: 'derived',
  callbacks: [{ function: first, with: ['iterable'], elements: true }],
});
const pool = (name: string): Record<string, CallModel> => ({
  [`${name}.submit`]: submits('fn'),
  [`${name}.apply`]: submits('fn'),
  [`${name}.apply_async`]: {
    parameters: ['fn', 'args'],
    from: ['args'],
    flow: 'derived',
    callbacks: [{ function: 'fn', with: ['args'], spread: true }],
  },
  ...Object.fromEntries(
    ['map', 'imap', 'imap_unordered', 'map_async'].map(method => [`${name}.${method}`, maps('fn')]),
  ),
  [`${name}.starmap`]: {
    parameters: ['fn', 'iterable'],
    from: ['iterable'],
    flow: 'derived',
    callbacks: [{ function: 'fn', with: ['iterable'], elements: true, spread: true }],
  },
});
const thread: CallModel = {
  parameters: ['group', 'target', 'name', 'args'],
  flow: 'none',
  callbacks: [{ function: 'target', with: ['args'], spread: true }],
};
const same = (value: string): CallModel => ({ parameters: [value], returns: value });

/** Functions that other calls run: executors, pools, threads, joblib, asyncio. */
export const concurrency: LibraryModel = {
  library: 'concurrency',
  modules: [
    'concurrent',
    'multiprocessing',
    'threading',
    'joblib',
    'asyncio',
    'multiprocess',
    'pathos',
    'starlette',
    'fastapi',
    'anyio',
  ],
  aliases: {
    'concurrent.futures.thread.ThreadPoolExecutor': 'concurrent.futures.Executor',
    'concurrent.futures.ThreadPoolExecutor': 'concurrent.futures.Executor',
    'concurrent.futures.ProcessPoolExecutor': 'concurrent.futures.Executor',
    'multiprocessing.pool.ThreadPool': 'multiprocessing.Pool',
    'multiprocessing.pool.Pool': 'multiprocessing.Pool',
    'multiprocess.Pool': 'multiprocessing.Pool',
    'multiprocessing.dummy.Pool': 'multiprocessing.Pool',
    'multiprocessing.Process': 'threading.Thread',
    'fastapi.concurrency.run_in_threadpool': 'starlette.concurrency.run_in_threadpool',
  },
  classes: {
    'concurrent.futures.Executor': {},
    'multiprocessing.Pool': {},
    'threading.Thread': {},
    'joblib.Parallel': {},
    'asyncio.Loop': {},
  },
  calls: {
    'concurrent.futures.Executor': { flow: 'none' },
    'multiprocessing.Pool': { flow: 'none' },
    ...pool('concurrent.futures.Executor'),
    ...pool('multiprocessing.Pool'),
    'concurrent.futures.as_completed': same('fs'),
    'threading.Thread': thread,
    'joblib.Parallel': { flow: 'none' },
    'joblib.Parallel.__call__': { parameters: ['iterable'], result: 'builtins.list', flow: 'same', from: ['iterable'] },
    'joblib.delayed': same('function'),
    'asyncio.run': same('main'),
    'asyncio.create_task': same('coro'),
    'asyncio.to_thread': submits('func'),
    'asyncio.get_event_loop': { result: 'asyncio.Loop', flow: 'none' },
    'asyncio.get_running_loop': { result: 'asyncio.Loop', flow: 'none' },
    'asyncio.new_event_loop': { result: 'asyncio.Loop', flow: 'none' },
    'asyncio.Loop.run_in_executor': { ...submits('func'), parameters: ['executor', 'func', '*rest'] },
    'asyncio.Loop.run_until_complete': same('future'),
    'starlette.concurrency.run_in_threadpool': submits('func'),
    'anyio.to_thread.run_sync': submits('func'),
    'asyncio.gather': { flow: 'same' },
    'multiprocessing.Pool.__enter__': { returns: 'receiver' },
    'concurrent.futures.Executor.__enter__': { returns: 'receiver' },
  },
};
