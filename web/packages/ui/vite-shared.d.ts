import type { BuildEnvironmentOptions, Plugin, ServerOptions } from 'vite';

export const sharedBuild: BuildEnvironmentOptions;
export const sharedServer: ServerOptions;
export function pushWorkerSource(base: '' | '/admin'): string;
export function pushWorker(base: '' | '/admin'): Plugin;
