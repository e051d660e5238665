// The part of Eleventy, which ships no types, that the site is built with.

declare module '@11ty/eleventy' {
  export interface EleventyConfig {
    addTemplate(path: string, content: string, data: Readonly<Record<string, unknown>>): void;
    addTransform(
      name: string,
      change: (this: { readonly page: { readonly url: string } }, html: string) => string | Promise<string>,
    ): void;
    amendLibrary(name: 'md', change: (library: MarkdownIt) => void): void;
    setTemplateFormats(formats: readonly string[]): void;
    setUseGitIgnore(uses: boolean): void;
  }

  export interface MarkdownToken {
    readonly type: string;
    readonly tag: string;
    readonly content: string;
    readonly children: readonly MarkdownToken[] | null;
    attrGet(name: string): string | null;
    attrSet(name: string, value: string): void;
  }

  export interface MarkdownIt {
    readonly core: {
      readonly ruler: {
        push(
          name: string,
          rule: (state: { readonly tokens: readonly MarkdownToken[]; readonly env: MarkdownEnv }) => void,
        ): void;
      };
    };
  }

  export interface MarkdownEnv {
    readonly page: { readonly inputPath: string; readonly url: string };
  }

  export interface EleventyOptions {
    readonly quietMode: boolean;
    readonly configPath: false;
    readonly config: (config: EleventyConfig) => void;
  }

  export class Eleventy {
    constructor(input: string, output: string, options: EleventyOptions);
    write(): Promise<unknown>;
  }
}
