import type { CallModel, LibraryModel } from './schema';

const stores = (parameters: readonly string[], values: readonly string[]): CallModel => ({
  parameters,
  flow: 'none',
  events: [{ kind: 'export', sink: 'vector-store', values }],
});
const texts = stores(['documents'], ['documents', 'texts']);
const made: CallModel = {
  parameters: ['documents', 'embedding'],
  result: 'langchain.VectorStore',
  flow: 'none',
  events: [{ kind: 'export', sink: 'vector-store', values: ['documents', 'texts'] }],
};
const wrappers = 'Chroma FAISS Pinecone Qdrant Weaviate Milvus PGVector'.split(' ');
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
    'langchain_chroma',
    'langchain_pinecone',
    'langchain_qdrant',
  ],
  aliases: {
    ...Object.fromEntries(places.flatMap(place => wrappers.map(name => [`${place}.${name}`, 'langchain.VectorStore']))),
    'langchain_chroma.Chroma': 'langchain.VectorStore',
    'langchain_pinecone.PineconeVectorStore': 'langchain.VectorStore',
    'langchain_qdrant.QdrantVectorStore': 'langchain.VectorStore',
    'chromadb.HttpClient': 'chromadb.Client',
    'chromadb.PersistentClient': 'chromadb.Client',
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
    'langchain.VectorStore.from_documents': made,
    'langchain.VectorStore.from_texts': made,
    'langchain.VectorStore.add_documents': texts,
    'langchain.VectorStore.add_texts': texts,
  },
};
