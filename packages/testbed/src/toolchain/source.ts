/** Where a tool comes from when neither PATH nor the cache has it. */
export type Source =
  | {
      readonly kind: 'go';
      readonly module: string;
      /** Packages of the module. */
      readonly commands: readonly string[];
      /** `variable=value` for the linker, where the tool does not know its version. */
      readonly stamp?: string;
      /** The publisher's own image of the same version, where there is one, and the absolute paths of the executables in it. */
      readonly image?: { readonly reference: string; readonly files: readonly string[] };
      /** What `v0.0.0` means in its go.mod: the version of the modules that live in the same repository. */
      readonly placeholder?: string;
      /** Modules (`path@version`) that stand in for the version that its go.mod names, where the proxy does not serve that one. */
      readonly replaced?: readonly string[];
      /** A command of ours, in the testbed's `go/`, that is laid into the module as `./cmd/<name>`. */
      readonly own?: string;
      /** Files that its archive lacks, by their paths in it. */
      readonly added?: Readonly<Record<string, string>>;
      /** Folders of its archive that are kept beside the executables, under their own last names. */
      readonly kept?: readonly string[];
      /** Modules (`path@version`) whose custom resource definitions go into the folder `crds` beside the executables. */
      readonly crds?: readonly string[];
    }
  | {
      readonly kind: 'debian';
      readonly package: string;
      readonly architecture?: 'amd64' | 'arm64';
      /** Packages of what it needs beside it, which a machine may lack. */
      readonly beside?: readonly string[];
    }
  | { readonly kind: 'pypi'; readonly requirement: string };

export interface ToolSpec {
  /**
   * Pinned version; one on PATH counts in this version or newer. For Debian's tools the oldest that will do. For a command of ours it
   * is the version of the module that it is built in, `+` and a number that changes with the command.
   */
  readonly version: string;
  readonly source: Source;
  /** The executable, below the tool's folder in the cache. */
  readonly file: string;
  /** How the tool is looked for on PATH; a tool without it comes from the cache alone. */
  readonly onPath?: {
    readonly executable: string;
    readonly versionArgs: readonly string[];
    /** Its name among docker's plugins, which are looked through after PATH. */
    readonly plugin?: string;
  };
  /** Seconds that bringing it takes on two idle cores, everything cold. */
  readonly estimate: number;
}
