// What the benchmarks use of autocannon, which comes without types.

declare module 'autocannon' {
  interface Request {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly setupRequest: (request: Record<string, unknown>) => Record<string, unknown>;
    readonly onResponse: (status: number, body: string) => void;
  }
  interface Client {
    setRequests(requests: readonly Request[]): void;
    on(event: 'response', heard: (status: number, bytes: number, tookMs: number) => void): void;
  }
  interface Options {
    readonly url: string;
    readonly connections: number;
    /** Seconds. */
    readonly duration: number;
    readonly setupClient: (client: Client) => void;
  }
  interface Result {
    readonly duration: number;
    readonly errors: number;
    readonly timeouts: number;
    readonly non2xx: number;
    readonly '2xx': number;
    readonly latency: { readonly p50: number; readonly p99: number };
  }
  export default function autocannon(options: Options): Promise<Result>;
}
