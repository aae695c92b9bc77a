import js from '@eslint/js';
import globals from 'globals';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';
import { noBareText } from './lint/no-bare-text.js';

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'packages/api/src/generated/**'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { 'react-hooks': reactHooks },
    rules: {
      ...reactHooks.configs.recommended.rules,
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  {
    // Features talk to each other only through the shared packages and `app/`.
    files: ['customer/src/features/**/*.{ts,tsx}', 'admin/src/features/**/*.{ts,tsx}'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [{ group: ['../../features/*', '@/features/*'], message: 'No imports across features.' }],
        },
      ],
    },
  },
  { files: ['customer/public/widget.js'], languageOptions: { globals: globals.browser } },
  {
    files: ['customer/service-worker/worker.js', 'packages/ui/service-worker/push.js'],
    languageOptions: { globals: globals.serviceworker },
  },
  {
    files: ['**/*.tsx', '**/toast.ts'],
    ignores: ['**/*.test.tsx'],
    plugins: { courtside: { rules: { 'no-bare-text': noBareText } } },
    rules: { 'courtside/no-bare-text': 'error' },
  },
  {
    files: ['**/*.{js,mjs}', '**/vite.config.ts', '**/vitest.config.ts'],
    languageOptions: { globals: globals.node },
  },
);
