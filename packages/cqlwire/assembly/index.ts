// What is compiled to WebAssembly, for what measurements say (docs/compiled.md). AssemblyScript: `npm run build:compiled`.
export { lz4Compress, lz4Decompress } from './lz4'
export { murmur3, murmur3OfWords } from './murmur3'
