import type { CallModel, LibraryModel } from './schema';

/** Statements: what is bound to them goes into a table, what the cursor then gives comes out of one. */
const execute: CallModel = {
  parameters: ['sql', 'parameters'],
  result: 'sqlite3.Cursor',
  flow: 'none',
  links: [
    { of: 'receiver', name: '#sql', value: 'sql' },
    { of: 'result', name: '#sql', value: 'sql' },
  ],
  events: [{ kind: 'export', sink: 'database', values: ['parameters'] }],
};
const fetch = (result: string): CallModel => ({
  result,
  flow: 'none',
  adds: ['records'],
  events: [{ kind: 'load', format: 'sql', path: 'receiver.#sql' }],
});
const connect: CallModel = { result: 'sqlite3.Connection', flow: 'none' };
const inserts = (value: string): CallModel => ({
  parameters: [value],
  flow: 'none',
  events: [{ kind: 'export', sink: 'database', values: [value] }],
});
const both = (name: string, call: CallModel): Record<string, CallModel> => ({
  [`sqlite3.Connection.${name}`]: call,
  [`sqlite3.Cursor.${name}`]: call,
});
const drivers = [
  'sqlite3.connect',
  'psycopg2.connect',
  'psycopg.connect',
  'pymysql.connect',
  'MySQLdb.connect',
  'mysql.connector.connect',
  'pyodbc.connect',
  'cx_Oracle.connect',
  'snowflake.connector.connect',
  'aiosqlite.connect',
  'duckdb.connect',
  'oracledb.connect',
  'pymssql.connect',
  'asyncpg.connect',
  'asyncpg.create_pool',
  'databricks.sql.connect',
  'redshift_connector.connect',
];

/** DB-API drivers, SQLAlchemy, DuckDB, MongoDB, BigQuery and other table stores. */
export const databases: LibraryModel = {
  library: 'databases',
  modules: [
    '*',
    'sqlite3',
    'psycopg2',
    'psycopg',
    'pymysql',
    'MySQLdb',
    'mysql',
    'pyodbc',
    'cx_Oracle',
    'snowflake',
    'aiosqlite',
    'duckdb',
    'oracledb',
    'pymssql',
    'asyncpg',
    'databricks',
    'redshift_connector',
    'connectorx',
    'pandas_gbq',
    'sqlmodel',
    'sqlalchemy',
    'flask_sqlalchemy',
    'pymongo',
    'motor',
    'supabase',
    'firebase_admin',
    'redis',
  ],
  aliases: {
    'sqlalchemy.orm.session.Session': 'sqlalchemy.orm.Session',
    'sqlalchemy.sql.text': 'sqlalchemy.text',
    'sqlmodel.Session': 'sqlalchemy.orm.Session',
    'sqlmodel.create_engine': 'sqlalchemy.create_engine',
    'sqlmodel.select': 'sqlalchemy.select',
    'sqlalchemy.ext.asyncio.AsyncSession': 'sqlalchemy.orm.Session',
    'sqlalchemy.ext.asyncio.create_async_engine': 'sqlalchemy.create_engine',
    'sqlalchemy.ext.asyncio.async_sessionmaker': 'sqlalchemy.orm.sessionmaker',
    'duckdb.execute': 'duckdb.sql',
    'sqlalchemy.sql.expression.text': 'sqlalchemy.text',
    'motor.motor_asyncio.AsyncIOMotorClient': 'pymongo.MongoClient',
  },
  classes: {
    'sqlite3.Connection': {},
    'sqlite3.Cursor': { walks: 'fetchall' },
    'sqlalchemy.engine.Engine': { bases: ['sqlite3.Connection'] },
    'sqlalchemy.orm.Session': { bases: ['sqlite3.Connection'] },
    'flask_sqlalchemy.SQLAlchemy': { attributes: { session: { type: 'sqlalchemy.orm.Session', flow: 'none' } } },
    'pymongo.MongoClient': {},
    'supabase.Client': {},
  },
  calls: {
    ...Object.fromEntries(drivers.map(name => [name, connect])),
    'sqlite3.Connection.cursor': { result: 'sqlite3.Cursor', flow: 'none' },
    'sqlite3.Connection.__enter__': { returns: 'receiver' },
    'sqlite3.Cursor.__enter__': { returns: 'receiver' },
    ...both('execute', execute),
    ...both('executemany', execute),
    ...Object.fromEntries(
      Object.entries({
        'pandas.Rows': ['fetchall', 'fetchmany', 'all', 'mappings', 'fetch'],
        'pandas.Record': ['fetchone', 'first', 'one', 'one_or_none'],
        'pandas.DataFrame': ['fetchdf', 'df', 'to_df', 'fetch_df', 'fetch_pandas_all'],
        'polars.DataFrame': ['pl'],
        'pyarrow.Table': ['arrow', 'fetch_arrow_table', 'to_arrow_table'],
      }).flatMap(([result, names]) => names.map(name => [`sqlite3.Cursor.${name}`, fetch(result)])),
    ),
    // A pool or connection of asyncpg gives the rows of a query at once.
    ...Object.fromEntries(
      ['fetch', 'fetchrow', 'fetchval'].map(name => [
        `sqlite3.Connection.${name}`,
        {
          parameters: ['query'],
          result: name === 'fetch' ? 'pandas.Rows' : 'pandas.Record',
          flow: 'none',
          adds: ['records'],
          events: [{ kind: 'load', format: 'sql', path: 'query' }],
        } satisfies CallModel,
      ]),
    ),
    ...Object.fromEntries(
      ['connectorx.read_sql', 'pandas_gbq.read_gbq'].map(name => [
        name,
        {
          parameters: name.startsWith('connectorx') ? ['conn', 'query'] : ['query'],
          result: 'pandas.DataFrame',
          flow: 'none',
          adds: ['records'],
          events: [{ kind: 'load', format: 'sql', path: 'query' }],
        } satisfies CallModel,
      ]),
    ),
    ...Object.fromEntries(
      ['write_parquet', 'write_csv', 'to_parquet', 'to_csv'].map(name => [
        `sqlite3.Cursor.${name}`,
        {
          parameters: ['file_name'],
          flow: 'none',
          adds: ['records'],
          events: [
            { kind: 'load', format: 'sql', path: 'receiver.#sql' },
            { kind: 'export', sink: 'file', values: ['result'], target: 'file_name' },
          ],
        } satisfies CallModel,
      ]),
    ),
    'sqlite3.Connection.scalars': { ...execute, parameters: ['sql'] },
    'sqlite3.Connection.exec': { ...execute, parameters: ['sql'] },
    'sqlite3.Cursor.scalars': { returns: 'receiver' },
    'duckdb.query': { parameters: ['sql'], flow: 'none', result: 'sqlite3.Cursor', links: execute.links! },
    'duckdb.sql': { parameters: ['sql'], flow: 'none', result: 'sqlite3.Cursor', links: execute.links! },
    'sqlalchemy.create_engine': { result: 'sqlalchemy.engine.Engine', flow: 'none' },
    'sqlalchemy.engine.Engine.connect': { result: 'sqlite3.Connection', flow: 'none' },
    'sqlalchemy.engine.Engine.begin': { result: 'sqlite3.Connection', flow: 'none' },
    'sqlalchemy.text': { parameters: ['text'], returns: 'text' },
    'sqlalchemy.orm.sessionmaker': { result: 'sqlalchemy.orm.SessionFactory', flow: 'none' },
    'sqlalchemy.orm.SessionFactory.__call__': { result: 'sqlalchemy.orm.Session', flow: 'none' },
    'sqlalchemy.orm.Session.add': inserts('instance'),
    'sqlalchemy.orm.Session.add_all': inserts('instances'),
    'sqlalchemy.orm.Session.bulk_insert_mappings': { ...inserts('mappings'), parameters: ['mapper', 'mappings'] },
    // Only MongoDB's and Firestore's collections have methods of these names.
    'pymongo.MongoClient.insert_one': inserts('document'),
    'pymongo.MongoClient.insert_many': inserts('documents'),
    '*.insert_one': inserts('document'),
    '*.insert_many': inserts('documents'),
    'supabase.create_client': { result: 'supabase.Client', flow: 'none' },
    'supabase.Client.table': { result: 'supabase.Client', flow: 'none' },
    'supabase.Client.insert': { ...inserts('json'), returns: 'receiver' },
    'supabase.Client.upsert': { ...inserts('json'), returns: 'receiver' },
    'firebase_admin.firestore.client': { result: 'firebase_admin.Firestore', flow: 'none' },
    'firebase_admin.Firestore.collection': { result: 'firebase_admin.Firestore', flow: 'none' },
    'firebase_admin.Firestore.document': { result: 'firebase_admin.Firestore', flow: 'none' },
    'firebase_admin.Firestore.add': inserts('document_data'),
    'firebase_admin.Firestore.set': inserts('document_data'),
  },
};
