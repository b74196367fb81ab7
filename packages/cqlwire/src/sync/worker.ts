/** The file that the worker thread of a BlockingSession begins with. */
import { workerData } from 'node:worker_threads'
import { serve, type WorkerData } from './serve.js'

void serve(workerData as WorkerData)
