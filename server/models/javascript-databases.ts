import type { CallModel, ClassModel, LibraryModel } from './schema';

const supabase = '@supabase/supabase-js';
const prisma = '@prisma/client';
const firestore = 'firebase/firestore';

/** Starts a query on the table that the first argument names. */
const table = (result: string): CallModel => ({
  parameters: ['table'],
  result,
  flow: 'none',
  links: [{ of: 'result', name: '#table', value: 'table' }],
});
/** Rows of the table that the receiver is about. */
const rows = (result: string): CallModel => ({
  result,
  flow: 'none',
  adds: ['records'],
  events: [{ kind: 'load', format: 'table', path: 'receiver.#table' }],
});
const made = (result: string): CallModel => ({ result, flow: 'none' });
const stays: CallModel = { returns: 'receiver' };
const written: CallModel = { parameters: ['document'], returns: 'receiver' };
const methods = (owner: string, names: string, call: CallModel): Record<string, CallModel> =>
  Object.fromEntries(names.split(' ').map(name => [`${owner}.${name}`, call]));
/** What a query gives beside the rows tells nothing of them. */
const answer: ClassModel = {
  attributes: {
    data: { flow: 'same' },
    rows: { flow: 'same' },
    error: { flow: 'none' },
    count: { flow: 'none' },
    status: { flow: 'none' },
    statusText: { flow: 'none' },
    rowCount: { flow: 'none' },
    empty: { flow: 'none' },
    size: { flow: 'none' },
    id: { flow: 'none' },
  },
};
const found = 'findMany findFirst findUnique findFirstOrThrow findUniqueOrThrow';
const mongooseReads = 'find findOne findById findOneAndUpdate findByIdAndUpdate findByIdAndDelete aggregate where';
const sequelizeReads = 'findAll findOne findByPk findAndCountAll findOrCreate';
const typeormReads = 'find findOne findOneBy findBy findAndCount findOneOrFail query';

/** Databases of Node and of the browser: Supabase, Prisma, Mongoose, MongoDB, Firestore, Sequelize, TypeORM, Knex, Drizzle, pg, mysql2. */
export const javascriptDatabases: LibraryModel = {
  library: 'JavaScript databases',
  modules: [
    supabase,
    '@supabase/ssr',
    '@supabase/auth-helpers-nextjs',
    prisma,
    'mongoose',
    'mongodb',
    firestore,
    'firebase-admin',
    'firebase-admin/firestore',
    '@google-cloud/firestore',
    'sequelize',
    'typeorm',
    'knex',
    'drizzle-orm',
    'pg',
    'mysql2',
    'mysql2/promise',
    'mysql',
    'better-sqlite3',
  ],
  aliases: {
    'mongoose.default': 'mongoose',
    'firebase-admin.default': 'firebase-admin',
    'knex.default': 'knex',
    'knex.knex': 'knex',
    'sequelize.Model': 'sequelize.Table',
    'pg.default': 'pg',
    'mysql2/promise': 'mysql2',
    mysql: 'mysql2',
    '@supabase/ssr': supabase,
    [`${supabase}.createServerClient`]: `${supabase}.createClient`,
    [`${supabase}.createBrowserClient`]: `${supabase}.createClient`,
    'firebase-admin/firestore': '@google-cloud/firestore',
    'firebase-admin.firestore': '@google-cloud/firestore.getFirestore',
  },
  classes: {
    [`${supabase}.Client`]: { roles: ['client'] },
    [`${supabase}.Query`]: answer,
    [`${prisma}.PrismaClient`]: { attributes: { '*': { type: `${prisma}.Table`, flow: 'none', named: '#table' } } },
    [`${prisma}.Table`]: {},
    'mongoose.Model': {},
    'mongoose.Query': answer,
    'mongoose.Document': {},
    'mongodb.MongoClient': {},
    'mongodb.Db': {},
    'mongodb.Collection': {},
    [`${firestore}.Reference`]: {},
    [`${firestore}.Snapshot`]: {
      attributes: { ...answer.attributes, docs: { type: `${firestore}.Snapshot`, flow: 'same' } },
    },
    '@google-cloud/firestore.Firestore': {},
    'sequelize.Sequelize': {},
    'sequelize.Table': {},
    'typeorm.Repository': {},
    'drizzle-orm.Database': {},
    'pg.Pool': {},
    'pg.Client': { bases: ['pg.Pool'] },
    'pg.Result': answer,
  },
  calls: {
    [`${supabase}.createClient`]: made(`${supabase}.Client`),
    [`${supabase}.Client.from`]: table(`${supabase}.Query`),
    [`${supabase}.Query.select`]: rows(`${supabase}.Query`),
    [`${supabase}.Query.*`]: stays,
    ...methods(`${prisma}.Table`, found, rows('')),
    'mongoose.model': table('mongoose.Model'),
    'mongoose.connection.model': table('mongoose.Model'),
    ...methods('mongoose.Model', mongooseReads, rows('mongoose.Query')),
    'mongoose.Model.__call__': { parameters: ['document'], result: 'mongoose.Document', flow: 'same' },
    'mongoose.Model.create': { parameters: ['document'], result: 'mongoose.Document', flow: 'same' },
    ...methods('mongoose.Query', 'select sort limit skip populate lean exec where', stays),
    ...methods('mongoose.Document', 'save populate toObject toJSON', stays),
    'mongodb.MongoClient.db': made('mongodb.Db'),
    'mongodb.MongoClient.connect': made('mongodb.MongoClient'),
    'mongodb.Db.collection': table('mongodb.Collection'),
    ...methods('mongodb.Collection', 'find findOne aggregate findOneAndUpdate', rows('mongoose.Query')),
    'mongoose.Query.toArray': stays,
    [`${firestore}.collection`]: {
      parameters: ['database', 'table'],
      result: `${firestore}.Reference`,
      flow: 'none',
      links: [{ of: 'result', name: '#table', value: 'table' }],
    },
    [`${firestore}.doc`]: {
      parameters: ['database', 'table'],
      result: `${firestore}.Reference`,
      flow: 'none',
      links: [{ of: 'result', name: '#table', value: 'table' }],
    },
    [`${firestore}.query`]: { parameters: ['reference'], returns: 'reference' },
    ...Object.fromEntries(
      ['getDocs', 'getDoc', 'getDocsFromServer', 'getDocFromServer'].map(name => [
        `${firestore}.${name}`,
        {
          parameters: ['reference'],
          result: `${firestore}.Snapshot`,
          flow: 'none',
          adds: ['records'],
          events: [{ kind: 'load', format: 'table', path: 'reference.#table' }],
        } satisfies CallModel,
      ]),
    ),
    [`${firestore}.Snapshot.data`]: { flow: 'same', from: ['receiver'] },
    '@google-cloud/firestore.getFirestore': made('@google-cloud/firestore.Firestore'),
    '@google-cloud/firestore.Firestore.collection': table(`${firestore}.Reference`),
    ...methods(`${firestore}.Reference`, 'where orderBy limit doc', stays),
    [`${firestore}.Reference.get`]: rows(`${firestore}.Snapshot`),
    'sequelize.Sequelize.define': table('sequelize.Table'),
    ...methods('sequelize.Table', sequelizeReads, rows('')),
    'sequelize.Table.create': { parameters: ['document'], flow: 'same' },
    ...methods('typeorm.Repository', typeormReads, rows('')),
    'typeorm.Repository.create': { parameters: ['document'], flow: 'same' },
    'typeorm.Repository.save': written,
    knex: made('knex.Database'),
    'knex.Database.__call__': {
      parameters: ['table'],
      result: `${supabase}.Query`,
      flow: 'none',
      adds: ['records'],
      events: [{ kind: 'load', format: 'table', path: 'table' }],
    },
    ...Object.fromEntries(
      ['node-postgres', 'postgres-js', 'mysql2', 'better-sqlite3', 'neon-http'].map(driver => [
        `drizzle-orm/${driver}.drizzle`,
        made('drizzle-orm.Database'),
      ]),
    ),
    'drizzle-orm.Database.select': rows(`${supabase}.Query`),
    'pg.Pool.query': {
      parameters: ['text', 'values'],
      result: 'pg.Result',
      flow: 'none',
      adds: ['records'],
      events: [{ kind: 'load', format: 'sql', path: 'text' }],
    },
    'pg.Pool.connect': made('pg.Client'),
    'mysql2.createPool': made('pg.Pool'),
    'mysql2.createConnection': made('pg.Pool'),
  },
};
