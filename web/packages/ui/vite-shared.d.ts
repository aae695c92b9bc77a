import type { BuildEnvironmentOptions, ServerOptions } from 'vite';

export const sharedBuild: BuildEnvironmentOptions;
export const sharedServer: ServerOptions;
