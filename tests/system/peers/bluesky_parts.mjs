// bluesky_parts.mjs - what the programs of Bluesky's development network have in common.
import net from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const listen = net.Server.prototype.listen;

/** From now on whatever this process opens is open on loopback alone. */
export function staysOnLoopback() {
  net.Server.prototype.listen = function (...args) {
    const [first, second] = args;
    if (typeof first === 'object' && first !== null && !first.path) return listen.call(this, { ...first, host: '127.0.0.1' }, ...args.slice(1));
    if (typeof first === 'number' && typeof second !== 'string') return listen.call(this, first, '127.0.0.1', ...args.slice(1));
    return listen.apply(this, args);
  };
}

/** A package of the folder that the program was given. */
export const from = (name) => import(pathToFileURL(path.join(process.argv[2], name, 'dist/index.js')).href);

export const freePort = () => new Promise((done, failed) => {
  const server = net.createServer();
  server.once('error', failed);
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});
