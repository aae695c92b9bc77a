/** The services' settings of this client; shared by both apps. */
export { useClientConfig } from '@courtside/ui';
