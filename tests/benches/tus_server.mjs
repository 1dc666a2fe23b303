// The tus project's own server with its store of files, for photos.rs: `node tus_server.mjs FOLDER`. It prints the port
// that it listens on.
import { createServer } from 'node:http'
import { FileStore } from '@tus/file-store'
import { Server } from '@tus/server'

const tus = new Server({ path: '/v1/uploads', datastore: new FileStore({ directory: process.argv[2] }) })
const listener = createServer((request, response) => tus.handle(request, response))
listener.listen(0, '127.0.0.1', () => console.log(listener.address().port))
