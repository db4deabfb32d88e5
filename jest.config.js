const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } }],
  },
  modulePathIgnorePatterns: ['/dist/'],
  // Outside of the temporary folder, which each sandbox has of its own.
  cacheDirectory: 'node_modules/.cache/jest',
};

export default {
  // A hang guard for real servers on a busy machine; no test is decided by its time.
  testTimeout: 60_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{actions,packages,scripts}/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '\\.e2e\\.test\\.ts$'],
    },
    { ...shared, displayName: 'e2e', testMatch: ['<rootDir>/{actions,packages,scripts}/**/*.e2e.test.ts'] },
  ],
};
