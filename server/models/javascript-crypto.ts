import type { CallModel, LibraryModel } from './schema';

const hashed: CallModel = {
  flow: 'derived',
  clears: ['identifier'],
  events: [{ kind: 'mark', mark: 'hash', values: ['arguments'] }],
};
const secret: CallModel = { flow: 'none' };
const digests = 'MD5 SHA1 SHA224 SHA256 SHA384 SHA512 SHA3 RIPEMD160'.split(' ');

/** Node's and the browser's hashes, and the packages that wrap them; a hash with a key (HMAC, bcrypt, scrypt) needs a secret to be undone. */
export const javascriptCrypto: LibraryModel = {
  library: 'JavaScript hashes',
  modules: [
    'crypto',
    'node:crypto',
    'crypto-js',
    'md5',
    'js-md5',
    'js-sha256',
    'js-sha512',
    'object-hash',
    'bcrypt',
    'bcryptjs',
    'builtins',
  ],
  aliases: {
    'node:crypto': 'crypto',
    'crypto.default': 'crypto',
    'crypto-js.default': 'crypto-js',
    'builtins.CryptoJS': 'crypto-js',
    'builtins.crypto': 'crypto',
    'crypto.webcrypto': 'crypto',
    'js-md5': 'md5',
    'md5.default': 'md5',
    'object-hash.default': 'object-hash',
    bcryptjs: 'bcrypt',
  },
  classes: { 'crypto.Hash': {}, 'crypto.Hmac': {} },
  calls: {
    'crypto.createHash': { result: 'crypto.Hash', flow: 'none' },
    'crypto.createHmac': { result: 'crypto.Hmac', flow: 'none' },
    'crypto.Hash.update': {
      parameters: ['data'],
      returns: 'receiver',
      events: [{ kind: 'mark', mark: 'hash', values: ['data'] }],
    },
    'crypto.Hash.digest': { flow: 'none' },
    'crypto.Hmac.update': { returns: 'receiver' },
    'crypto.Hmac.digest': { flow: 'none' },
    'crypto.hash': hashed,
    'crypto.subtle.digest': {
      ...hashed,
      parameters: ['algorithm', 'data'],
      events: [{ kind: 'mark', mark: 'hash', values: ['data'] }],
    },
    'crypto.randomUUID': secret,
    'crypto.randomBytes': secret,
    'crypto.scryptSync': secret,
    'crypto.pbkdf2Sync': secret,
    ...Object.fromEntries(digests.map(name => [`crypto-js.${name}`, hashed])),
    ...Object.fromEntries(digests.map(name => [`crypto-js.Hmac${name}`, secret])),
    md5: hashed,
    'js-sha256.sha256': hashed,
    'js-sha256.sha224': hashed,
    'js-sha512.sha512': hashed,
    'object-hash': hashed,
    'bcrypt.hash': secret,
    'bcrypt.hashSync': secret,
  },
};
