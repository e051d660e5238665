// What a file system knows about names: what is there, in which spelling, and where a link leads. Resolving a path is
// done with these answers by app/resource, the same way for every file system.

/** Where something is. */
export interface AbsolutePath {
  /** What the path begins with: `/`, or a drive or share of Windows. */
  readonly volume: string;
  readonly names: readonly string[];
}

export type PathEntry =
  /** Nothing of this name is there, or nothing that can be reached. */
  | { readonly kind: 'missing' }
  | {
      /** `other`: a device, a socket and the like. */
      readonly kind: 'file' | 'directory' | 'other';
      /** The name as the directory spells it; on a file system that folds case it may differ from the one asked for. */
      readonly name: string;
    }
  | {
      readonly kind: 'link';
      readonly name: string;
      /** Where the link leads, as it is written in it; it need not exist. */
      readonly target: string;
    };

export interface PathProber {
  /** True where a backslash separates names, as on Windows; elsewhere it is part of a name. */
  readonly backslashSeparates: boolean;
  /** Null when `text` is a relative path. Empty names are left out, `.` and `..` are not. */
  splitAbsolute(text: string): AbsolutePath | null;
  /** Names of a relative path, in order; empty ones are left out, `.` and `..` are not. */
  splitRelative(text: string): readonly string[];
  join(path: AbsolutePath): string;
  /**
   * What `directory`, given without links, holds under `name`. A link is answered, not followed. Throws only when the
   * file system itself is at fault.
   */
  lookUp(directory: AbsolutePath, name: string): Promise<PathEntry>;
  /**
   * True when names in `directory` are the same in upper and lower case. Found out by looking, nothing is written; an
   * empty directory is judged by the one it lies in.
   */
  foldsCase(directory: AbsolutePath): Promise<boolean>;
}
