/** How the pages are built and, in development, served: only `/v1` and `/rpc` go to a running `watt serve`. */
import { defineConfig } from "vite";

const SERVER = "http://127.0.0.1:8080";

export default defineConfig({
  server: { proxy: { "/v1": SERVER, "/registry/v1": SERVER, "/rpc": SERVER } },
  build: {
    target: "es2022",
    // The pages are served under `script-src 'self'`: nothing is inlined into the document.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
});
