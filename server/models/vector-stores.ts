import type { CallModel, EventModel, LibraryModel } from './schema';

const stores = (parameters: readonly string[], values: readonly string[]): CallModel => ({
  parameters,
  flow: 'none',
  events: [{ kind: 'export', sink: 'vector-store', values }],
});
/** What is embedded by a provider's model is sent to it first. */
const kept = (through: string): EventModel[] => [
  { kind: 'export', sink: 'vector-store', values: ['documents', 'texts'] },
  { kind: 'send', to: 'api', values: ['documents', 'texts'], host: 'a model provider', through },
];
const texts: CallModel = { parameters: ['documents'], flow: 'none', events: kept('receiver.#model') };
const embedding = 'embedding|embeddings|embedding_function';
const made: CallModel = {
  parameters: ['documents', 'embedding'],
  result: 'langchain.VectorStore',
  flow: 'none',
  links: [{ of: 'result', name: '#model', value: embedding }],
  events: kept(embedding),
};
const opened = (...parameters: readonly string[]): CallModel => ({
  parameters,
  flow: 'none',
  links: [{ of: 'result', name: '#model', value: embedding }],
});
const wrappers =
  'Chroma FAISS Pinecone Qdrant Weaviate Milvus PGVector ElasticsearchStore OpenSearchVectorSearch Redis LanceDB'.split(
    ' ',
  );
/** LangChain's packages with one store each. */
const packaged = [
  'langchain_chroma.Chroma',
  'langchain_pinecone.PineconeVectorStore',
  'langchain_qdrant.QdrantVectorStore',
  'langchain_milvus.Milvus',
  'langchain_weaviate.WeaviateVectorStore',
  'langchain_postgres.PGVector',
  'langchain_elasticsearch.ElasticsearchStore',
  'langchain_mongodb.MongoDBAtlasVectorSearch',
  'langchain_core.vectorstores.InMemoryVectorStore',
];
const places = ['langchain.vectorstores', 'langchain_community.vectorstores'];

/** Stores of embeddings: FAISS, Chroma, Pinecone, Qdrant, Weaviate, Milvus, and LangChain's wrappers around them. */
export const vectorStores: LibraryModel = {
  library: 'vector stores',
  modules: [
    'faiss',
    'chromadb',
    'pinecone',
    'qdrant_client',
    'weaviate',
    'pymilvus',
    'annoy',
    'langchain',
    'langchain_community',
    'langchain_core',
    ...packaged.map(name => name.slice(0, name.indexOf('.'))).filter(name => name !== 'langchain_core'),
    'lancedb',
    'elasticsearch',
    'opensearchpy',
  ],
  aliases: {
    ...Object.fromEntries(places.flatMap(place => wrappers.map(name => [`${place}.${name}`, 'langchain.VectorStore']))),
    ...Object.fromEntries(packaged.map(name => [name, 'langchain.VectorStore'])),
    ...Object.fromEntries(
      'HttpClient AsyncHttpClient PersistentClient EphemeralClient CloudClient'
        .split(' ')
        .map(name => [`chromadb.${name}`, 'chromadb.Client']),
    ),
    'qdrant_client.AsyncQdrantClient': 'qdrant_client.QdrantClient',
    'pinecone.PineconeAsyncio': 'pinecone.Pinecone',
    'elasticsearch.AsyncElasticsearch': 'elasticsearch.Elasticsearch',
    'opensearchpy.OpenSearch': 'elasticsearch.Elasticsearch',
    'pymilvus.AsyncMilvusClient': 'pymilvus.MilvusClient',
  },
  classes: {
    'faiss.Index': { roles: ['keeps-rows'] },
    'faiss.*': { bases: ['faiss.Index'] },
    'chromadb.Client': { roles: ['client'] },
    'chromadb.Collection': {},
    'pinecone.Pinecone': { roles: ['client'] },
    'pinecone.Index': {},
    'qdrant_client.QdrantClient': { roles: ['client'] },
    'langchain.VectorStore': {},
    'pymilvus.MilvusClient': { roles: ['client'] },
    'pymilvus.Collection': {},
    'lancedb.Connection': {},
    'lancedb.Table': {},
    'weaviate.Client': {
      roles: ['client'],
      attributes: { collections: { same: true }, data: { same: true }, batch: { same: true } },
    },
    'elasticsearch.Elasticsearch': { roles: ['client'] },
  },
  calls: {
    'faiss.Index.add': { parameters: ['x'], flow: 'none', mutates: [{ into: 'receiver', from: ['x'] }] },
    'faiss.write_index': {
      parameters: ['index', 'fname'],
      flow: 'none',
      events: [{ kind: 'export', sink: 'file', values: ['index'], target: 'fname' }],
    },
    'chromadb.Client.create_collection': { result: 'chromadb.Collection', flow: 'none' },
    'chromadb.Client.get_or_create_collection': { result: 'chromadb.Collection', flow: 'none' },
    'chromadb.Client.get_collection': { result: 'chromadb.Collection', flow: 'none' },
    'chromadb.Collection.add': stores(['ids', 'embeddings'], ['embeddings', 'documents']),
    'chromadb.Collection.upsert': stores(['ids', 'embeddings'], ['embeddings', 'documents']),
    'pinecone.Pinecone.Index': { result: 'pinecone.Index', flow: 'none' },
    'pinecone.Index.upsert': stores(['vectors'], ['vectors']),
    'qdrant_client.QdrantClient.upsert': stores(['collection_name', 'points'], ['points']),
    'qdrant_client.QdrantClient.upload_collection': stores(['collection_name', 'vectors'], ['vectors', 'payload']),
    'qdrant_client.QdrantClient.upload_points': stores(['collection_name', 'points'], ['points']),
    'qdrant_client.QdrantClient.add': stores(['collection_name', 'documents'], ['documents']),
    'pymilvus.MilvusClient.insert': stores(['collection_name', 'data'], ['data']),
    'pymilvus.MilvusClient.upsert': stores(['collection_name', 'data'], ['data']),
    'pymilvus.Collection.insert': stores(['data'], ['data']),
    ...Object.fromEntries(
      ['lancedb.connect', 'lancedb.connect_async'].map(name => [
        name,
        { result: 'lancedb.Connection', flow: 'none' } satisfies CallModel,
      ]),
    ),
    'lancedb.Connection.create_table': { ...stores(['name', 'data'], ['data']), result: 'lancedb.Table' },
    'lancedb.Connection.open_table': { result: 'lancedb.Table', flow: 'none' },
    'lancedb.Table.add': stores(['data'], ['data']),
    ...Object.fromEntries(
      'connect_to_local connect_to_weaviate_cloud connect_to_wcs connect_to_custom use_async_with_local'
        .split(' ')
        .map(name => [`weaviate.${name}`, { result: 'weaviate.Client', flow: 'none' } satisfies CallModel]),
    ),
    ...Object.fromEntries(
      'get use create dynamic fixed_size rate_limit __enter__'
        .split(' ')
        .map(name => [`weaviate.Client.${name}`, { returns: 'receiver' } satisfies CallModel]),
    ),
    'weaviate.Client.insert': stores(['properties'], ['properties', 'vector']),
    'weaviate.Client.insert_many': stores(['objects'], ['objects']),
    'weaviate.Client.add_object': stores(['properties'], ['properties', 'vector']),
    'elasticsearch.Elasticsearch.index': {
      flow: 'none',
      events: [{ kind: 'export', sink: 'database', values: ['document', 'body'], target: 'index' }],
    },
    'langchain.VectorStore': opened('collection_name', 'embedding_function'),
    'langchain.VectorStore.from_documents': made,
    'langchain.VectorStore.from_texts': made,
    ...Object.fromEntries(
      'add_documents add_texts aadd_documents aadd_texts'
        .split(' ')
        .map(name => [`langchain.VectorStore.${name}`, texts]),
    ),
    'langchain.VectorStore.afrom_documents': made,
    'langchain.VectorStore.afrom_texts': made,
  },
};
