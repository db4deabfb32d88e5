/** What of @vercel/ncc is used here; it brings no types (its readme, "Programmatically From Node.js"). */
declare module '@vercel/ncc' {
  function ncc(
    input: string,
    options: {
      minify: boolean;
      transpileOnly: boolean;
      cache: false;
      license: string;
      esm: boolean;
      quiet: boolean;
      externals: readonly string[];
    },
  ): Promise<{ code: string; assets: Record<string, { source: string | Uint8Array }> }>;
  export = ncc;
}
